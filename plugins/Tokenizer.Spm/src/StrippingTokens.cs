using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm;

/// <summary>
/// Which tokens strip white space. GGUF files do not say; the reference (llama.cpp, <c>llama-vocab.cpp</c>) knows it by the model's name, and so does this.
/// </summary>
internal static class StrippingTokens
{
    /// <summary>What each token strips; null where none does.</summary>
    public static TokenAttributes[]? Find(IGgufMetadata metadata, Vocabulary vocabulary)
    {
        string name = metadata.GetString("general.name", "")!;
        bool Named(string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);
        return Named("phi-3") || Named("phi3") ? Phi3(vocabulary) : null;
    }

    private static TokenAttributes[] Phi3(Vocabulary vocabulary)
    {
        var attributes = new TokenAttributes[vocabulary.Count];
        int[] exempt = [vocabulary.Find("<unk>"), vocabulary.Find("<s>"), vocabulary.Find("<|endoftext|>")];
        int endOfSequence = vocabulary.Find("</s>");
        for (int id = 0; id < attributes.Length; id++)
        {
            bool special = id == endOfSequence || vocabulary.TypeOf(id) is TokenType.Control or TokenType.UserDefined or TokenType.Unknown;
            attributes[id] = special && !exempt.Contains(id) ? TokenAttributes.StripRight : TokenAttributes.None;
        }

        return attributes;
    }
}
