using System.Text;
using Tessera.Gguf.Files;

namespace Tessera.Workbench.Tracing;

/// <summary>
/// Reads traces from files: the JSON of <c>tessera trace</c>, JSON of that shape from elsewhere, and the text of llama.cpp's <c>llama-eval-callback</c>.
/// </summary>
public static class TraceFile
{
    /// <summary>Reads a trace.</summary>
    /// <exception cref="InputFileException">The file is no trace, or a damaged one.</exception>
    public static Trace Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(path, InputFile.ReadAll(path));
    }

    /// <summary>Reads a trace from memory.</summary>
    /// <param name="source">The file's name, for messages.</param>
    /// <param name="content">The whole file.</param>
    /// <exception cref="InputFileException">It is no trace, or a damaged one.</exception>
    internal static Trace Parse(string source, ReadOnlyMemory<byte> content)
    {
        ReadOnlySpan<byte> start = content.Span.StartsWith(Encoding.UTF8.Preamble) ? content.Span[3..] : content.Span;
        return start.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]
            ? new TraceJson(source).Read(content[^start.Length..])
            : new EvalCallbackText(source, Encoding.UTF8.GetString(start)).Read();
    }
}
