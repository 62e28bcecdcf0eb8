using Tessera.Architectures;
using Tessera.Generation;
using Tessera.Gguf;

namespace Tessera.Loading;

/// <summary>
/// What a file says in two places, held against each other once its model is built: what would fail later, or silently compute another model, ends loading.
/// </summary>
internal static class FileAgreement
{
    /// <summary>Holds a file against the model that was built of it.</summary>
    /// <param name="file">The model's file.</param>
    /// <param name="asked">The names of tensors that the architecture asked for or about, in the file or not.</param>
    /// <param name="shape">The model's shape.</param>
    /// <exception cref="GgufException">
    /// The file has a part of a layer that was not asked for, or more tokens than the model has rows, or a key about tokens has another type.
    /// </exception>
    public static void Expect(GgufModelFile file, IReadOnlySet<string> asked, ModelShape shape)
    {
        ExpectLayersAsked(file, asked);
        ExpectTokensFit(file.Metadata, shape.Vocabulary);
        _ = FileTokens.Suppressed(file.Metadata, shape.Vocabulary);
    }

    /// <summary>Every tensor of a layer was asked for: the file has no more layers, and no other ones, than the parameters say.</summary>
    private static void ExpectLayersAsked(GgufModelFile file, IReadOnlySet<string> asked)
    {
        if (file.Tensors.Values.FirstOrDefault(tensor => tensor.Name.StartsWith("blk.", StringComparison.Ordinal) && !asked.Contains(tensor.Name)) is { } left)
        {
            throw left.Error("the architecture, with the parameters in the file, has no use for this part of a layer; without it the model would be another");
        }
    }

    /// <summary>Every token has a row in the model. Rows beyond the tokens are padding, which is never drawn.</summary>
    private static void ExpectTokensFit(IGgufMetadata metadata, int rows)
    {
        if (FileTokens.List(metadata) is { } tokens && tokens.Count > rows)
        {
            throw new GgufException(metadata.Source, $"key '{FileTokens.Key}'", tokens.Offset, $"{tokens.Count} tokens, but the model has logits for {rows}");
        }
    }
}
