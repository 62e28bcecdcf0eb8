using System.Text.Json;

namespace Tessera.Cli.Tokens;

/// <summary>A line of a reference's tokenization: <c>{"text": ..., "ids": [...], "ids_special": [...], "detok": ...}</c>. All but the text may be missing.</summary>
/// <param name="Line">Its number in the file.</param>
/// <param name="Text">The text.</param>
/// <param name="Ids">Its ids without BOS and EOS, special tokens not recognized.</param>
/// <param name="IdsSpecial">Its ids with BOS and EOS as the model asks, special tokens recognized.</param>
/// <param name="Detok">The text of <paramref name="Ids"/>.</param>
internal sealed record ExpectedTokens(int Line, string Text, int[]? Ids, int[]? IdsSpecial, string? Detok)
{
    public static IEnumerable<ExpectedTokens> Read(string path)
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
                yield return Parse(path, number, line);
            }
        }
    }

    private static ExpectedTokens Parse(string path, int number, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            string text = root.TryGetProperty("text", out JsonElement value) && value.GetString() is string found
                ? found
                : throw new InputFileException(path, $"line {number}: the object has no string 'text'.");
            return new ExpectedTokens(number, text, IdsOf(root, "ids"), IdsOf(root, "ids_special"), root.TryGetProperty("detok", out JsonElement detok) ? detok.GetString() : null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InputFileException(path, $"line {number}: not a JSON object with 'text', 'ids', 'ids_special' and 'detok': {e.Message}");
        }
    }

    private static int[]? IdsOf(JsonElement root, string key) =>
        root.TryGetProperty(key, out JsonElement ids) ? [.. ids.EnumerateArray().Select(id => id.GetInt32())] : null;
}
