using Tessera.Gguf;

namespace Tessera.Pipeline;

/// <summary>
/// What a file says in two places, held against each other once its model is built: what would fail later, or silently compute another model, ends loading.
/// </summary>
internal static class FileAgreement
{
    public const string TokensKey = "tokenizer.ggml.tokens";

    /// <summary>Every tensor of a layer was asked for.</summary>
    /// <param name="file">The model's file.</param>
    /// <param name="asked">The names that the architecture asked for or about, in the file or not.</param>
    /// <exception cref="GgufException">One was not: the file has more layers, or other ones, than the parameters say.</exception>
    public static void ExpectLayersAsked(GgufModelFile file, IReadOnlySet<string> asked)
    {
        if (file.Tensors.Values.FirstOrDefault(tensor => tensor.Name.StartsWith("blk.", StringComparison.Ordinal) && !asked.Contains(tensor.Name)) is { } left)
        {
            throw left.Error("the architecture, with the parameters in the file, has no use for this part of a layer; without it the model would be another");
        }
    }

    /// <summary>Every token has a row in the model. Rows beyond the tokens are padding, which is never drawn.</summary>
    /// <exception cref="GgufException">There are more tokens than rows.</exception>
    public static void ExpectTokensFit(IGgufMetadata metadata, int rows)
    {
        if (metadata.TryGetValue(TokensKey, out GgufValue? tokens) && tokens.Type == GgufValueType.Array && tokens.Count > rows)
        {
            throw new GgufException(metadata.Source, $"key '{TokensKey}'", tokens.Offset, $"{tokens.Count} tokens, but the model has logits for {rows}");
        }
    }
}
