using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tessera.Conformance;
using Tessera.Gguf;

namespace Tessera.Integration.Tests;

/// <summary>A file's names never act on the terminal that shows them.</summary>
public sealed partial class VisibleNamesTests : IDisposable
{
    private const string Hostile = "x\u001B]0;title\u0007\u009B31m[red]\u202E\r\ny";

    private const string Shown = @"x\u001B]0;title\u0007\u009B31m[red]\u202E\r\ny";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("inspect", "MODEL")]
    [InlineData("explain", "MODEL")]
    [InlineData("verify", "MODEL")]
    [InlineData("run", "MODEL")]
    [InlineData("tokenize", "MODEL", "text")]
    [InlineData("trace", "MODEL", "--ids", "1")]
    [InlineData("quantize", "MODEL", "OUT", "Q8_0", "--dry-run")]
    [InlineData("run", "--tokenizer", Hostile)]
    [InlineData("run", "--numerics", Hostile)]
    [InlineData("run", "-n", Hostile)]
    [InlineData("run", "--use", $"q4_k={Hostile}")]
    [InlineData("plugins", "info", Hostile)]
    [InlineData(Hostile)]
    public async Task A_hostile_name_is_shown_escaped(params string[] arguments)
    {
        string path = _folder.File("model.gguf");
        var writer = new GgufWriter();
        writer.Set("general.architecture", Hostile);
        writer.Set("tokenizer.ggml.model", Hostile);
        writer.Set(Hostile, 1u);
        writer.AddTensor($"blk.0.{Hostile}", GgmlType.F32, [32], new byte[32 * sizeof(float)]);
        writer.SaveTo(path);

        CommandLineResult result = await CommandLine.RunAsync(
            [.. arguments.Select(argument => argument switch { "MODEL" => path, "OUT" => _folder.File("out.gguf"), _ => argument })]);

        Assert.Contains(Shown, result.Output + result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Output + result.Error, c => (char.IsControl(c) && c != '\n') || c == '\u202E');
    }

    [Fact]
    public async Task Json_in_a_pipe_has_the_names_as_they_are()
    {
        string path = _folder.File("model.gguf");
        var writer = new GgufWriter();
        writer.Set("general.architecture", Hostile);
        writer.SaveTo(path);

        CommandLineResult result = await CommandLine.RunAsync("inspect", path, "--json");

        Assert.Equal(Hostile, JsonDocument.Parse(result.Output).RootElement.GetProperty("metadata").GetProperty("general.architecture").GetString());
        Assert.Contains('\u202E', result.Output);
    }

    [Theory]
    [InlineData("escape_in_key.gguf", "inspect", @"x.\u001B]0;title\u0007\u001B[31mred")]
    [InlineData("escape_in_tensor_name.gguf", "inspect", @"x.\u001B]0;title\u0007\u001B[31mred")]
    [InlineData("escape_in_tensor_name.gguf", "verify", @"x.\u001B]0;title\u0007\u001B[31mred")]
    [InlineData("escape_in_tensor_name.gguf", "explain", @"x.\u001B]0;title\u0007\u001B[31mred")]
    public async Task Names_that_people_met_are_shown_escaped(string file, string command, string shown)
    {
        CommandLineResult result = await CommandLine.RunAsync(command, Golden.Path($"../cases/{file}"));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(shown, result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001B', result.Output);
    }

    /// <summary>On a terminal there are colours of our own, and nothing else that acts, in a report, JSON, and generated text.</summary>
    [Theory]
    [InlineData("inspect 'MODEL'")]
    [InlineData("inspect 'MODEL' --json")]
    [InlineData("run -p \"$(printf 'a\\033]0;x\\007b')\" -n 2")]
    public async Task A_terminal_gets_no_sequence_from_a_file(string command)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "a terminal is made with script, of util-linux");
        string path = _folder.File("model.gguf");
        var writer = new GgufWriter();
        writer.Set("general.architecture", "llama");
        writer.Set(Hostile, Hostile);
        writer.SaveTo(path);
        string tessera = $"dotnet '{Path.Combine(CommandLine.Folder, "tessera.dll")}' {command.Replace("MODEL", path, StringComparison.Ordinal)}";
        using Process process = Process.Start(
            new ProcessStartInfo("script", ["-qec", tessera, _folder.File("typescript")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Close();
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        string shown = Encoding.UTF8.GetString(File.ReadAllBytes(_folder.File("typescript")));
        Assert.Equal(0, process.ExitCode);
        Assert.Contains(@"\u001B]0;", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(OurSequences().Replace(shown, ""), c => (char.IsControl(c) && c is not ('\n' or '\r')) || c == '\u202E');
    }

    /// <summary>Colours, the progress of loading, and what .NET tells a terminal when it starts.</summary>
    [GeneratedRegex("\u001B(\\[[0-9;]*[mAK]|\\[\\?1h|=|\\[\\?25[hl])")]
    private static partial Regex OurSequences();
}
