using System.Text.Json;

namespace Tessera.Cli;

/// <summary>Reads JSON Lines: an object with a text on each line; empty lines are passed over.</summary>
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
        if (!File.Exists(path))
        {
            throw new InputFileException(path, "there is no such file.");
        }

        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (line.Length > 0)
            {
                yield return Parse(path, expected, parse, number, line);
            }
        }
    }

    private static T Parse<T>(string path, string expected, Func<int, string, JsonElement, T> parse, int number, string line)
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
