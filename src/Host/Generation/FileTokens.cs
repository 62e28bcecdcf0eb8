using Tessera.Gguf;

namespace Tessera.Generation;

/// <summary>What a file says of its tokens, told without making its tokenizer.</summary>
internal static class FileTokens
{
    public const string Key = "tokenizer.ggml.tokens";

    /// <summary>The list of the tokens' texts, or null.</summary>
    public static GgufValue? List(IGgufMetadata metadata) =>
        metadata.TryGetValue(Key, out GgufValue? tokens) && tokens.Type == GgufValueType.Array ? tokens : null;

    /// <summary>The tokens that are never to be drawn (<c>tokenizer.ggml.suppress_tokens</c>); as in llama.cpp, ids beyond the model's are nobody's.</summary>
    /// <exception cref="GgufException">The key has another type.</exception>
    public static int[] Suppressed(IGgufMetadata metadata, int rows) =>
        [.. (metadata.GetIntegers("tokenizer.ggml.suppress_tokens") ?? []).Where(id => id >= 0 && id < rows).Select(id => (int)id)];
}
