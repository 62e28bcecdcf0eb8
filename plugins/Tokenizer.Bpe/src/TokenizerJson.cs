using System.Text;
using System.Text.Json;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// A Hugging Face <c>tokenizer.json</c> whose model is byte-level BPE. What it says about tokens, merges and words is taken exactly or refused; roles of
/// tokens that it does not tell are the model's.
/// </summary>
internal sealed class TokenizerJson(JsonElement root, string source)
{
    // Larger ids than any vocabulary has would ask for memory that nobody needs.
    private const int MaxTokens = 1 << 22;

    private readonly JsonElement _model = root.GetProperty("model");

    /// <summary>Whether a document is such a file.</summary>
    public static bool IsBpe(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("model", out JsonElement model) && model.ValueKind == JsonValueKind.Object
        && (model.TryGetProperty("type", out JsonElement type) ? type.ValueEquals("BPE") : model.TryGetProperty("merges", out _));

    public BpeTokenizer Create(IGgufMetadata metadata, string? pre)
    {
        ExpectPlain("byte_fallback", "dropout", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk");
        PreTokenizer words = new TokenizerJsonWords(root, source).Choose(pre, IsTrue(_model, "ignore_merges"));
        return new BpeTokenizer(ReadVocabulary(metadata, words), ReadMerges(), words, ReadNormalizer());
    }

    private Vocabulary ReadVocabulary(IGgufMetadata metadata, PreTokenizer words)
    {
        var tokens = new SortedDictionary<int, (string Text, TokenType Type)>();
        foreach (JsonProperty token in _model.GetProperty("vocab").EnumerateObject())
        {
            tokens[token.Value.GetInt32()] = (token.Name, TokenType.Normal);
        }

        if (root.TryGetProperty("added_tokens", out JsonElement added) && added.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement token in added.EnumerateArray())
            {
                tokens[token.GetProperty("id").GetInt32()] = (token.GetProperty("content").GetString()!, IsTrue(token, "special") ? TokenType.Control : TokenType.UserDefined);
            }
        }

        int count = tokens.Count == 0 ? 0 : tokens.Keys.Last() + 1;
        if (count is 0 or > MaxTokens || tokens.Keys.First() < 0)
        {
            throw Error($"its ids do not go from 0 to less than {MaxTokens}");
        }

        var texts = new ReadOnlyMemory<byte>[count];
        var types = new TokenType[count];
        for (int id = 0; id < count; id++)
        {
            // Ids that no token has are padding, as in GGUF files.
            (string text, types[id]) = tokens.TryGetValue(id, out (string, TokenType) token) ? token : ($"[PAD{id}]", TokenType.Unused);
            texts[id] = Encoding.UTF8.GetBytes(text);
        }

        int IdOf(string role) => metadata.GetTokenId($"tokenizer.ggml.{role}_token_id") is >= 0 and int id && id < count ? id : -1;
        (int begin, int end) = new TokenizerJsonTemplate(root, source).Read(content => tokens.Where(token => token.Value.Text == content).Select(token => token.Key).FirstOrDefault(-1));
        return new Vocabulary(texts, types, new float[count], new SpecialTokens
        {
            Bos = begin >= 0 ? begin : IdOf("bos"),
            Eos = end >= 0 ? end : IdOf("eos"),
            Unknown = IdOf("unknown"),
            Padding = IdOf("padding"),
            EndOfTurn = IdOf("eot"),
            EndOfMessage = IdOf("eom"),
            AddBos = begin >= 0,
            AddEos = end >= 0,
            CleanSpaces = words.CleansSpaces,
        });
    }

    /// <summary>A merge is "left right", or in newer files ["left", "right"].</summary>
    private ReadOnlyMemory<byte>[] ReadMerges() =>
    [
        .. _model.GetProperty("merges").EnumerateArray()
            .Select(merge => merge.ValueKind == JsonValueKind.Array ? $"{merge[0].GetString()} {merge[1].GetString()}" : merge.GetString()!)
            .Select(merge => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(merge)),
    ];

    /// <summary>Whether text is composed (NFC) before it is cut.</summary>
    private bool ReadNormalizer()
    {
        if (!root.TryGetProperty("normalizer", out JsonElement normalizer) || normalizer.ValueKind == JsonValueKind.Null)
        {
            return false;
        }

        string? type = normalizer.GetProperty("type").GetString();
        return type == "NFC" ? true : throw Error($"its normalizer '{type}' is not supported, only NFC is");
    }

    private void ExpectPlain(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (_model.TryGetProperty(name, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False) && !(value.ValueKind == JsonValueKind.String && value.GetString() is ""))
            {
                throw Error($"its model sets '{name}', which byte-level BPE does not have");
            }
        }
    }

    private static bool IsTrue(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private TesseraException Error(string problem) => new($"{source}: {problem}.");
}
