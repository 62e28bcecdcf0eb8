using System.Text;
using System.Text.Json;
using Tessera.Gguf.Files;

namespace Tessera.Cli.Json;

/// <summary>Reads JSON Lines, UTF-8: an object with a text on each line; empty lines are passed over.</summary>
internal static class JsonLines
{
    /// <summary>Reads all lines.</summary>
    /// <typeparam name="T">What a line becomes.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="expected">What a line is, for errors: <c>a string 'text'</c>.</param>
    /// <param name="parse">Takes the line's number, its string <c>text</c> and the whole object.</param>
    /// <exception cref="InputFileException">There is no such file, or a line is something else.</exception>
    public static IEnumerable<T> Read<T>(string path, string expected, Func<int, string, JsonElement, T> parse)
    {
        int number = 0;
        foreach (ReadOnlyMemory<byte> line in InputFile.ReadLines(path))
        {
            number++;
            ReadOnlyMemory<byte> text = number == 1 && line.Span.StartsWith(Encoding.UTF8.Preamble) ? line[3..] : line;
            if (!text.Span.TrimEnd((byte)'\r').IsEmpty)
            {
                yield return Parse(path, expected, parse, number, text);
            }
        }
    }

    private static T Parse<T>(string path, string expected, Func<int, string, JsonElement, T> parse, int number, ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("text", out JsonElement text) && text.GetString() is string value
                ? parse(number, value, document.RootElement)
                : throw new InputFileException(path, $"line {number}: the object has no string 'text'.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InputFileException(path, $"line {number}: not a JSON object with {expected}: {e.Message}");
        }
    }
}
