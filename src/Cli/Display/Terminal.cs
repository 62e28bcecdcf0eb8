using System.Text;
using Spectre.Console;
using Tessera.Gguf.Files;

namespace Tessera.Cli.Display;

/// <summary>
/// The one place where text becomes visible. Names and messages, which come from files and plugins, are shown as <see cref="VisibleText"/>, on a terminal and
/// elsewhere; what a program reads (generated text, JSON, ids) is exact where it does not go to a terminal.
/// </summary>
internal static class Terminal
{
    private static readonly Encoding s_utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    private static readonly TextWriter s_output = new StreamWriter(new StandardStream(StandardStream.Output), s_utf8);
    private static readonly TextWriter s_error = new StreamWriter(new StandardStream(StandardStream.Error), s_utf8) { AutoFlush = true };
    private static readonly Lazy<IAnsiConsole> s_report = new(() => ConsoleOf(s_output, !Console.IsOutputRedirected));

    public static bool IsOutput => !Console.IsOutputRedirected;

    public static bool IsError => !Console.IsErrorRedirected;

    /// <summary>For what programs read. It is not flushed before the end, unless somebody does.</summary>
    public static TextWriter Exact { get; } = IsOutput ? new VisibleWriter(s_output) : s_output;

    /// <summary>For reports that need no style.</summary>
    public static TextWriter Report { get; } = new VisibleWriter(s_output);

    /// <summary>Makes the process' own writers, which libraries use, show text as everything else here does.</summary>
    public static void Open()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = s_utf8;
        }

        Console.SetOut(Report);
        Console.SetError(new VisibleWriter(s_error));
    }

    /// <summary>Writes a line of a report to standard output, with Spectre's markup; what stands in its braces is shown as it is.</summary>
    public static void Line(FormattableString line)
    {
        s_report.Value.MarkupLine(StyledText.Of(line).Markup);
        s_output.Flush();
    }

    public static void Write(ReportTable table)
    {
        table.WriteTo(s_report.Value);
        s_output.Flush();
    }

    /// <summary>Writes text that a continuation follows on the same line.</summary>
    public static void Write(StyledText text)
    {
        s_report.Value.Markup(text.Markup);
        s_output.Flush();
    }

    /// <summary>All of standard input; nothing where the process was started without it.</summary>
    /// <exception cref="InputFileException">It is too long.</exception>
    public static byte[] ReadInput() => StandardStream.IsClosed(StandardStream.Input) ? [] : InputFile.ReadAll(Console.OpenStandardInput(), "standard input");

    /// <summary>Writes a line to standard error.</summary>
    public static void Note(string line) => s_error.WriteLine(VisibleText.Line(line));

    /// <summary>A console on standard error, for what moves.</summary>
    public static IAnsiConsole ErrorConsole() => ConsoleOf(s_error, IsError);

    public static void Flush() => s_output.Flush();

    private static IAnsiConsole ConsoleOf(TextWriter writer, bool isTerminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new ConsoleOutput(writer, isTerminal),
        Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = isTerminal },
    });

    private sealed class ConsoleOutput(TextWriter writer, bool isTerminal) : IAnsiConsoleOutput
    {
        private readonly AnsiConsoleOutput _terminal = new(writer);

        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        /// <summary>A file has no width to wrap at.</summary>
        public int Width => isTerminal ? _terminal.Width : short.MaxValue;

        public int Height => _terminal.Height;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
