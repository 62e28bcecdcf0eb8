using System.Text;
using System.Text.Json;
using Tessera.Gguf;
using Tessera.Tokenization;
using Tessera.Tokenizer.Bpe.Normalization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// A Hugging Face <c>tokenizer.json</c> whose model is byte-level BPE. What it says about tokens, merges and words is taken exactly or refused; roles of
/// tokens that it does not tell are the model's.
/// </summary>
internal sealed class TokenizerJson(JsonPlace root)
{
    private const int MaxNormalizers = 16;

    private readonly JsonPlace _model = root.Member("model");

    /// <summary>Whether a document is such a file.</summary>
    /// <param name="json">The document.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static bool IsBpe(ReadOnlySpan<byte> json)
    {
        // Any file may be asked about, so nothing is built of it.
        var reader = new Utf8JsonReader(json);
        bool isBpe = false;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isModel = reader.ValueTextEquals("model"u8);
            reader.Read();
            if (isModel)
            {
                isBpe = reader.TokenType == JsonTokenType.StartObject && IsBpeModel(reader);
            }

            reader.Skip();
        }

        while (reader.Read())
        {
            // To the end: what follows the object is no JSON.
        }

        return isBpe;
    }

    private static bool IsBpeModel(Utf8JsonReader reader)
    {
        bool? hasType = null;
        bool hasMerges = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            hasMerges |= reader.ValueTextEquals("merges"u8);
            reader.Read();
            if (isType)
            {
                hasType = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("BPE"u8);
            }

            reader.Skip();
        }

        return hasType ?? hasMerges;
    }

    public BpeTokenizer Create(IGgufMetadata metadata, string? pre)
    {
        ExpectPlain("byte_fallback", "dropout", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk");
        PreTokenizer words = new TokenizerJsonWords(root).Choose(pre, _model.IsTrue("ignore_merges"));
        ReadOnlyMemory<byte>[] merges = ReadMerges();
        return new BpeTokenizer(ReadVocabulary(metadata, words), merges, words, [.. ReadNormalizers(root.Find("normalizer"))]);
    }

    private Vocabulary ReadVocabulary(IGgufMetadata metadata, PreTokenizer words)
    {
        var tokens = new TokenizerJsonTokens(_model.Member("vocab"), root.Find("added_tokens"));
        int IdOf(string role) => metadata.GetTokenId($"tokenizer.ggml.{role}_token_id") is >= 0 and int id && id < tokens.Texts.Length ? id : -1;
        (int begin, int end) = new TokenizerJsonTemplate(root).Read(tokens.Find);
        var special = new SpecialTokens
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
        };

        // Added tokens alone are special here, whatever a token of the model is called.
        return new Vocabulary(tokens.Texts, tokens.Types, new float[tokens.Texts.Length], special, tokens.Attributes).WithTypes(tokens.Types);
    }

    private ReadOnlyMemory<byte>[] ReadMerges() =>
        [.. _model.Member("merges").Items().Select(merge => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(ReadMerge(merge)))];

    /// <summary>A merge is "left right", or in newer files ["left", "right"].</summary>
    private static string ReadMerge(JsonPlace merge) =>
        !merge.IsArray ? merge.Text
        : merge.Items().Select(part => part.Text).ToArray() is [var left, var right] ? $"{left} {right}"
        : throw merge.Error("a merge has two parts");

    private static IEnumerable<TextNormalizer> ReadNormalizers(JsonPlace? normalizer)
    {
        JsonPlace[] steps = normalizer is null ? []
            : normalizer.Member("type").Text == "Sequence" ? [.. normalizer.Member("normalizers").Items().Take(MaxNormalizers + 1)]
            : [normalizer];
        if (steps.Length > MaxNormalizers)
        {
            throw normalizer!.Error($"there are more than {MaxNormalizers} normalizers");
        }

        return steps.Select(step => new TextNormalizer(step.Member("type").Text switch
        {
            "NFC" => NormalizationForm.FormC,
            "NFD" => NormalizationForm.FormD,
            "NFKC" => NormalizationForm.FormKC,
            "NFKD" => NormalizationForm.FormKD,
            var other => throw step.Error($"the normalizer '{JsonPlace.Shorten(other)}' is not supported; NFC, NFD, NFKC and NFKD are"),
        }));
    }

    private void ExpectPlain(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (_model.Find(name) is { IsSet: true } set)
            {
                throw set.Error("byte-level BPE does not have it, so it is not supported");
            }
        }
    }
}
