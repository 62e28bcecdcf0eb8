using System.Text.Json;

namespace Tessera.Tokenizer.Bpe.Tests;

/// <summary>One text with what the reference made of it.</summary>
internal sealed record RecordedTexts(string Text, int[] Ids, int[] IdsSpecial, string Detok)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads a file of JSON lines.</summary>
    public static RecordedTexts[] Read(string path) => [.. File.ReadLines(path).Select(l => JsonSerializer.Deserialize<RecordedTexts>(l, Options)!)];
}
