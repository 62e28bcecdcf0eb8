using System.Text.Json;

namespace Tessera.Conformance.Tokenization;

/// <summary>What the reference makes of one text.</summary>
/// <param name="Text">The text.</param>
/// <param name="Ids">Its ids without BOS and EOS, special tokens not parsed.</param>
/// <param name="IdsSpecial">Its ids with BOS and EOS as the model asks, special tokens parsed.</param>
/// <param name="Detok">The text of <paramref name="Ids"/>.</param>
public sealed record TokenizationCase(string Text, int[] Ids, int[] IdsSpecial, string Detok)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads a file of JSON Lines.</summary>
    public static IReadOnlyList<TokenizationCase> Read(string path) =>
        [.. File.ReadLines(path).Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize<TokenizationCase>(line, Options)!)];
}
