using System.Text;
using Tessera.Gguf;

namespace Tessera.Tokenization;

/// <summary>
/// The tokens of a model: texts as UTF-8 as the file has them (not decoded from a tokenizer's own alphabet), types, scores and roles. Immutable.
/// </summary>
public sealed class Vocabulary
{
    private readonly ReadOnlyMemory<byte>[] _texts;
    private readonly TokenType[] _types;
    private readonly float[] _scores;

    /// <summary>Makes a vocabulary.</summary>
    /// <param name="texts">The tokens' texts, UTF-8; the index is the id.</param>
    /// <param name="types">One type per token.</param>
    /// <param name="scores">One score per token.</param>
    /// <param name="special">The tokens with a role.</param>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public Vocabulary(ReadOnlyMemory<byte>[] texts, TokenType[] types, float[] scores, SpecialTokens special)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(scores);
        if (types.Length != texts.Length || scores.Length != texts.Length)
        {
            throw new ArgumentException($"{texts.Length} tokens, {types.Length} types and {scores.Length} scores do not agree");
        }

        _texts = texts;
        _types = types;
        _scores = scores;
        Special = special;
    }

    /// <summary>Number of tokens.</summary>
    public int Count => _texts.Length;

    /// <summary>The tokens with a role.</summary>
    public SpecialTokens Special { get; }

    /// <summary>Reads <c>tokenizer.ggml.tokens</c>, <c>.token_type</c>, <c>.scores</c> and the special tokens' ids.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="defaults">What holds where the file says nothing; what it says goes first.</param>
    /// <exception cref="GgufException">The tokens are missing, or counts or ids do not fit.</exception>
    public static Vocabulary Read(IGgufMetadata metadata, SpecialTokens defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        IReadOnlyList<ReadOnlyMemory<byte>> texts = metadata.GetUtf8Strings("tokenizer.ggml.tokens")
            ?? throw new GgufException(metadata.Source, "key 'tokenizer.ggml.tokens'", -1, "required, but the file does not have it");
        long[] types = metadata.GetIntegers("tokenizer.ggml.token_type") ?? [.. Enumerable.Repeat((long)TokenType.Normal, texts.Count)];
        float[] scores = metadata.GetFloats("tokenizer.ggml.scores") ?? new float[texts.Count];
        ExpectCount(metadata, "tokenizer.ggml.token_type", types.Length, texts.Count);
        ExpectCount(metadata, "tokenizer.ggml.scores", scores.Length, texts.Count);

        int Id(string name, int defaultId)
        {
            string key = $"tokenizer.ggml.{name}_token_id";
            int id = metadata.GetInt32(key, defaultId);
            // Some converters write -1 or 0xFFFFFFFF for "none"; the unsigned one does not fit 32 bits and is an error of its own.
            return id >= texts.Count && metadata.TryGetValue(key, out GgufValue? value)
                ? throw new GgufException(metadata.Source, $"key '{key}'", value.Offset, $"token {id} does not exist, the vocabulary has {texts.Count}")
                : id >= texts.Count ? -1 : id;
        }

        var special = defaults with
        {
            Bos = Id("bos", defaults.Bos),
            Eos = Id("eos", defaults.Eos),
            Unknown = Id("unknown", defaults.Unknown),
            Separator = Id("seperator", defaults.Separator),
            Padding = Id("padding", defaults.Padding),
            EndOfTurn = Id("eot", defaults.EndOfTurn),
            EndOfMessage = Id("eom", defaults.EndOfMessage),
            AddBos = metadata.GetBoolean("tokenizer.ggml.add_bos_token", defaults.AddBos),
            AddEos = metadata.GetBoolean("tokenizer.ggml.add_eos_token", defaults.AddEos),
            AddSpacePrefix = metadata.GetBoolean("tokenizer.ggml.add_space_prefix", defaults.AddSpacePrefix),
        };
        return new Vocabulary([.. texts], Array.ConvertAll(types, t => (TokenType)t), scores, special);
    }

    /// <summary>A token's text, UTF-8.</summary>
    public ReadOnlyMemory<byte> TextOf(int id) => _texts[id];

    /// <summary>A token's text as a string, for people and messages.</summary>
    public string StringOf(int id) => Encoding.UTF8.GetString(_texts[id].Span);

    /// <summary>A token's type.</summary>
    public TokenType TypeOf(int id) => _types[id];

    /// <summary>A token's score: in SPM, the higher the earlier a merge.</summary>
    public float ScoreOf(int id) => _scores[id];

    private static void ExpectCount(IGgufMetadata metadata, string key, int count, int tokens)
    {
        if (count != tokens && metadata.TryGetValue(key, out GgufValue? value))
        {
            throw new GgufException(metadata.Source, $"key '{key}'", value.Offset, $"{count} elements for {tokens} tokens");
        }
    }
}
