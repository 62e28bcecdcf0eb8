using System.Text.Json;
using Tessera.Cli.Json;

namespace Tessera.Cli.Tokens;

/// <summary>
/// A line of a reference's tokenization: <c>{"text": ..., "ids": [...], "ids_special": [...], "detok": ...}</c>. All but the text may be missing.
/// </summary>
/// <param name="Line">Its number in the file.</param>
/// <param name="Text">The text.</param>
/// <param name="Ids">Its ids without BOS and EOS, special tokens not recognized.</param>
/// <param name="IdsSpecial">Its ids with BOS and EOS as the model asks, special tokens recognized.</param>
/// <param name="Detok">The text of <paramref name="Ids"/>.</param>
internal sealed record ExpectedTokens(int Line, string Text, int[]? Ids, int[]? IdsSpecial, string? Detok)
{
    public static IEnumerable<ExpectedTokens> Read(string path) => JsonLines.Read(
        path,
        "'text', 'ids', 'ids_special' and 'detok'",
        (line, text, root) => new ExpectedTokens(
            line, text, IdsOf(root, "ids"), IdsOf(root, "ids_special"), root.TryGetProperty("detok", out JsonElement detok) ? detok.GetString() : null));

    private static int[]? IdsOf(JsonElement root, string key) =>
        root.TryGetProperty(key, out JsonElement ids) ? [.. ids.EnumerateArray().Select(id => id.GetInt32())] : null;
}
