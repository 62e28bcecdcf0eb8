using System.Text;
using Tessera.Gguf;

namespace Tessera.Tokenization;

/// <summary>
/// The tokens of a model: texts as UTF-8 as the file has them (not decoded from a tokenizer's own alphabet), types, scores and roles. Immutable.
/// Roles that the file does not state are found by well-known names such as <c>&lt;|im_end|&gt;</c>, and those tokens' types are set right.
/// </summary>
public sealed class Vocabulary
{
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string TypesKey = "tokenizer.ggml.token_type";
    private const string ScoresKey = "tokenizer.ggml.scores";

    private readonly ReadOnlyMemory<byte>[] _texts;
    private TokenType[] _types;
    private readonly float[] _scores;
    private TokenAttributes[]? _attributes;
    private readonly HashSet<int> _endOfGeneration;
    private readonly Dictionary<ReadOnlyMemory<byte>, int>.AlternateLookup<ReadOnlySpan<byte>> _ids;

    /// <summary>Makes a vocabulary.</summary>
    /// <param name="texts">The tokens' texts, UTF-8; the index is the id.</param>
    /// <param name="types">One type per token.</param>
    /// <param name="scores">One score per token.</param>
    /// <param name="special">The tokens with a role.</param>
    /// <param name="attributes">One entry per token, or null where no token has any.</param>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public Vocabulary(ReadOnlyMemory<byte>[] texts, TokenType[] types, float[] scores, SpecialTokens special, TokenAttributes[]? attributes = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(special);
        if (types.Length != texts.Length || scores.Length != texts.Length || (attributes ?? []).Length is var count && count != 0 && count != texts.Length)
        {
            throw new ArgumentException(
                $"{texts.Length} tokens, {types.Length} types, {scores.Length} scores and {attributes?.Length ?? 0} attributes do not agree");
        }

        _texts = texts;
        _types = [.. types];
        _scores = scores;
        _attributes = attributes;

        // Of equal texts the last is found, as in the reference.
        var ids = new Dictionary<ReadOnlyMemory<byte>, int>(texts.Length, Utf8Comparer.Instance);
        for (int id = 0; id < texts.Length; id++)
        {
            ids[texts[id]] = id;
        }

        _ids = ids.GetAlternateLookup<ReadOnlySpan<byte>>();
        var names = new WellKnownTokens(Find, _types);
        Special = names.CompleteRoles(special);
        _endOfGeneration = names.FindEndOfGeneration(Special);
    }

    /// <summary>Number of tokens.</summary>
    public int Count => _texts.Length;

    /// <summary>The tokens with a role.</summary>
    public SpecialTokens Special { get; private set; }

    /// <summary>The tokens after which a model says nothing more: end of sequence, of turn, of message, and others known by their texts.</summary>
    public IReadOnlySet<int> EndOfGeneration => _endOfGeneration;

    /// <summary>Reads <c>tokenizer.ggml.tokens</c>, <c>.token_type</c>, <c>.scores</c> and the special tokens' ids.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="defaults">What holds where the file says nothing; what it says goes first.</param>
    /// <exception cref="GgufException">There are no tokens, fewer types or scores than tokens, or a key has another type.</exception>
    public static Vocabulary Read(IGgufMetadata metadata, SpecialTokens defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        IReadOnlyList<ReadOnlyMemory<byte>> texts = metadata.GetUtf8Strings(TokensKey)
            ?? throw Error(metadata, TokensKey, "required, but the file does not have it");
        if (texts.Count == 0)
        {
            throw Error(metadata, TokensKey, "there are no tokens");
        }

        TokenType[] types = ForTokens(metadata, TypesKey, texts.Count, metadata.GetIntegers(TypesKey), TypeOf)
            ?? [.. Enumerable.Repeat(TokenType.Normal, texts.Count)];
        float[] scores = ForTokens(metadata, ScoresKey, texts.Count, metadata.GetFloats(ScoresKey), score => score) ?? new float[texts.Count];

        // As in llama.cpp, an id beyond the vocabulary is not said at all, and a default beyond it is none.
        int Id(string name, int defaultId) =>
            metadata.GetTokenId($"tokenizer.ggml.{name}_token_id") is >= 0 and int id && id < texts.Count ? id
            : defaultId < texts.Count ? defaultId
            : -1;

        var special = defaults with
        {
            Bos = Id("bos", defaults.Bos),
            Eos = Id("eos", defaults.Eos),
            Unknown = Id("unknown", defaults.Unknown),
            Separator = Id("seperator", defaults.Separator),
            Padding = Id("padding", defaults.Padding),
            EndOfTurn = Id("eot", defaults.EndOfTurn),
            EndOfMessage = Id("eom", defaults.EndOfMessage),
            FimPrefix = Id("prefix", Id("fim_pre", defaults.FimPrefix)),
            FimSuffix = Id("suffix", Id("fim_suf", defaults.FimSuffix)),
            FimMiddle = Id("middle", Id("fim_mid", defaults.FimMiddle)),
            FimPadding = Id("fim_pad", defaults.FimPadding),
            FimRepository = Id("fim_rep", defaults.FimRepository),
            FimFileSeparator = Id("fim_sep", defaults.FimFileSeparator),
            AddBos = metadata.GetBoolean("tokenizer.ggml.add_bos_token", defaults.AddBos),
            AddEos = metadata.GetBoolean("tokenizer.ggml.add_eos_token", defaults.AddEos),
            AddSpacePrefix = metadata.GetBoolean("tokenizer.ggml.add_space_prefix", defaults.AddSpacePrefix),
        };
        return new Vocabulary([.. texts.Select(NameEmpty)], types, scores, special);
    }

    /// <summary>The same tokens with other roles. Which of them end a generation stays as it is.</summary>
    /// <param name="special">The tokens with a role.</param>
    public Vocabulary WithSpecial(SpecialTokens special)
    {
        ArgumentNullException.ThrowIfNull(special);
        return Changed(copy => copy.Special = special);
    }

    /// <summary>The same tokens with exactly these types, where a file tells them so surely that no name goes before it.</summary>
    /// <param name="types">One type per token.</param>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public Vocabulary WithTypes(TokenType[] types)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentOutOfRangeException.ThrowIfNotEqual(types.Length, Count);
        return Changed(copy => copy._types = [.. types]);
    }

    /// <summary>The same tokens with other attributes: files do not tell them, so a tokenizer that knows them from elsewhere adds them.</summary>
    /// <param name="attributes">One entry per token.</param>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public Vocabulary WithAttributes(TokenAttributes[] attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(attributes.Length, Count);
        return Changed(copy => copy._attributes = [.. attributes]);
    }

    /// <summary>The id of the token with exactly this text, or -1.</summary>
    public int Find(ReadOnlySpan<byte> utf8) => _ids.TryGetValue(utf8, out int id) ? id : -1;

    /// <summary>The id of the token with exactly this text, or -1.</summary>
    public int Find(string text) => Find(Encoding.UTF8.GetBytes(text));

    /// <summary>A token's text, UTF-8.</summary>
    public ReadOnlyMemory<byte> TextOf(int id) => _texts[id];

    /// <summary>A token's text as a string, for people and messages.</summary>
    public string StringOf(int id) => Encoding.UTF8.GetString(_texts[id].Span);

    /// <summary>A token's type.</summary>
    public TokenType TypeOf(int id) => _types[id];

    /// <summary>A token's score: in SPM, the higher the earlier a merge.</summary>
    public float ScoreOf(int id) => _scores[id];

    /// <summary>What a token does to the text around it.</summary>
    public TokenAttributes AttributesOf(int id) => _attributes is null ? TokenAttributes.None : _attributes[id];

    private Vocabulary Changed(Action<Vocabulary> change)
    {
        var copy = (Vocabulary)MemberwiseClone();
        change(copy);
        return copy;
    }

    // Some files pad the vocabulary with empty texts; the reference names them so, which keeps texts distinct.
    private static ReadOnlyMemory<byte> NameEmpty(ReadOnlyMemory<byte> text, int id) => text.IsEmpty ? Encoding.UTF8.GetBytes($"[EMPTY_{id}]") : text;

    // Files may have more values than tokens; those beyond are nobody's.
    private static TTo[]? ForTokens<TFrom, TTo>(IGgufMetadata metadata, string key, int count, TFrom[]? values, Converter<TFrom, TTo> convert) =>
        values is null ? null
        : values.Length >= count ? Array.ConvertAll(values[..count], convert)
        : throw Error(metadata, key, $"{values.Length} elements for {count} tokens");

    private static TokenType TypeOf(long number) => number is > (long)TokenType.Undefined and <= (long)TokenType.Byte ? (TokenType)number : TokenType.Undefined;

    private static GgufException Error(IGgufMetadata metadata, string key, string problem) =>
        new(metadata.Source, $"key '{key}'", metadata.TryGetValue(key, out GgufValue? value) ? value.Offset : -1, problem);
}
