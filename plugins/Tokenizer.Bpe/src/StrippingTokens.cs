using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// Which tokens strip white space. GGUF files do not say; the reference (llama.cpp, <c>llama-vocab.cpp</c>) knows it by the pre-tokenizer and by the model's
/// name, and so does this.
/// </summary>
internal static class StrippingTokens
{
    /// <summary>What each token strips; null where none does.</summary>
    public static TokenAttributes[]? Find(IGgufMetadata metadata, PreTokenizer pre, Vocabulary vocabulary)
    {
        string name = metadata.GetString("general.name", "")!;
        bool Named(string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);
        return pre.StripsLeft is not null ? StripLeft(vocabulary, pre.StripsLeft)
            : Named("phi-3") || Named("phi3") ? StripRight(vocabulary)
            : Named("modern-bert") ? StripLeft(vocabulary, "[MASK]")
            : null;
    }

    private static TokenAttributes[]? StripLeft(Vocabulary vocabulary, string token)
    {
        if (vocabulary.Find(token) is not (>= 0 and int id))
        {
            return null;
        }

        var attributes = new TokenAttributes[vocabulary.Count];
        attributes[id] = TokenAttributes.StripLeft;
        return attributes;
    }

    private static TokenAttributes[] StripRight(Vocabulary vocabulary)
    {
        int[] exempt = [vocabulary.Find("<unk>"), vocabulary.Find("<s>"), vocabulary.Find("<|endoftext|>")];
        return
        [
            .. Enumerable.Range(0, vocabulary.Count).Select(id =>
                vocabulary.TypeOf(id) is TokenType.Control or TokenType.UserDefined or TokenType.Unknown && !exempt.Contains(id)
                    ? TokenAttributes.StripRight
                    : TokenAttributes.None),
        ];
    }
}
