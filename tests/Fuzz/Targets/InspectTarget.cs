using Spectre.Console;
using Tessera.Cli.Commands;
using Tessera.Cli.Json;
using Tessera.Fuzz.Corpus;
using Tessera.Gguf;
using Tessera.Inspection;

namespace Tessera.Fuzz.Targets;

/// <summary><c>tessera inspect</c>: as a table, as JSON, and what it would draw. What is shown has no control character that came from the file.</summary>
internal sealed class InspectTarget : ModelTarget
{
    public override string Name => "inspect";

    public override long FixedBytes => 4 << 20;

    public override void Run(string path)
    {
        var shown = new StringWriter();
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(shown) });
        AnsiConsole.Profile.Width = 200;
        using GgufModelFile file = GgufModelFile.Open(path);
        InspectResult result = InspectCommand.Inspect(file, EngineUnderTest.Plugins);
        CliJson.Serialize(result);
        InspectCommand.Show(file, result);
        ExpectPrintable(shown.ToString());
        ValueHistogram.Measure(file, EngineUnderTest.Plugins);
    }

    private static void ExpectPrintable(string shown)
    {
        int bad = shown.AsSpan().IndexOfAnyExcept(s_plain);
        if (bad >= 0)
        {
            throw new InvalidOperationException($"U+{(int)shown[bad]:X4} is shown: {shown.AsSpan(Math.Max(0, bad - 20), Math.Min(40, shown.Length - Math.Max(0, bad - 20)))}");
        }
    }

    private static readonly System.Buffers.SearchValues<char> s_plain = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(c => !char.IsControl(c) || c is '\n' or '\r')]);
}
