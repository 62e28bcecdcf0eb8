using Tessera.Gguf;

namespace Tessera.Tokenization;

/// <summary>
/// Which tokens strip white space. GGUF files do not say; the reference (llama.cpp, <c>llama-vocab.cpp</c>) knows it by the model's name, and so does this.
/// </summary>
internal static class ModelAttributes
{
    public static TokenAttributes[]? Find(IGgufMetadata metadata, Vocabulary vocabulary)
    {
        string name = metadata.GetString("general.name", null) ?? "";
        string pre = metadata.GetString("tokenizer.ggml.pre", null) ?? "";
        string architecture = metadata.GetString("general.architecture", null) ?? "";
        bool Named(string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);

        if (pre.Contains("jina-v2-de", StringComparison.Ordinal) || pre.Contains("jina-v2-es", StringComparison.Ordinal)
            || pre.Contains("jina-v2-code", StringComparison.Ordinal)
            || architecture.Contains("nomic-bert-moe", StringComparison.Ordinal) || architecture.Contains("jina-bert-v3", StringComparison.Ordinal))
        {
            return StripBefore(vocabulary, "<mask>");
        }

        return Named("phi-3") || Named("phi3") ? Phi3(vocabulary) : Named("modern-bert") ? StripBefore(vocabulary, "[MASK]") : null;
    }

    private static TokenAttributes[]? StripBefore(Vocabulary vocabulary, string token)
    {
        if (vocabulary.Find(token) is not (>= 0 and int id))
        {
            return null;
        }

        var attributes = new TokenAttributes[vocabulary.Count];
        attributes[id] = TokenAttributes.StripLeft;
        return attributes;
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
