using System.Text;

namespace Tessera.Cli.Display;

/// <summary>Passes text on as <see cref="VisibleText"/>, at once.</summary>
internal sealed class VisibleWriter(TextWriter output) : TextWriter
{
    private char? _high;

    public override Encoding Encoding => output.Encoding;

    public override void Write(char value)
    {
        // The halves of a pair may come one by one.
        if (_high is char high)
        {
            _high = null;
            Write($"{high}{value}");
        }
        else if (char.IsHighSurrogate(value))
        {
            _high = value;
        }
        else
        {
            Write($"{value}");
        }
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        output.Write(VisibleText.Lines(value ?? ""));
        output.Flush();
    }

    public override void WriteLine(string? value) => Write(value + Environment.NewLine);

    public override void Flush() => output.Flush();
}
