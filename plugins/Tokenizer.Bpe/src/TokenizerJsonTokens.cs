using System.Text;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>The tokens of a <c>tokenizer.json</c>: those of its model and those that were added. Ids that no token has are padding, as in GGUF files.</summary>
internal sealed class TokenizerJsonTokens
{
    // An id costs memory whether it has a token or not, so ids are held against what the file has.
    private const int MaxIdsPerToken = 4;

    private readonly SortedDictionary<int, string> _texts = [];
    private readonly Dictionary<string, int> _ids;
    private readonly long _limit;

    /// <param name="vocabulary">An object of texts with their ids.</param>
    /// <param name="added">An array of objects, or null.</param>
    public TokenizerJsonTokens(JsonPlace vocabulary, JsonPlace? added)
    {
        _limit = (long)MaxIdsPerToken * (vocabulary.Count + (added?.Count ?? 0));
        _ids = new Dictionary<string, int>(vocabulary.Count, StringComparer.Ordinal);
        foreach ((string text, JsonPlace id) in vocabulary.Members())
        {
            Add(id, id.Id, text);
        }

        JsonPlace[] further = [.. added?.Items() ?? []];
        int[] ids = Array.ConvertAll(further, token => Add(token.Member("id"), token.Member("id").Id, token.Member("content").Text));
        int count = _texts.Count == 0 ? throw vocabulary.Error("there are no tokens") : _texts.Keys.Last() + 1;
        Texts = new ReadOnlyMemory<byte>[count];
        Types = new TokenType[count];
        for (int id = 0; id < count; id++)
        {
            (string text, Types[id]) = _texts.TryGetValue(id, out string? known) ? (known, TokenType.Normal) : ($"[PAD{id}]", TokenType.Unused);
            Texts[id] = Encoding.UTF8.GetBytes(text);
        }

        for (int i = 0; i < ids.Length; i++)
        {
            ReadAdded(further[i], ids[i]);
        }
    }

    public ReadOnlyMemory<byte>[] Texts { get; }

    public TokenType[] Types { get; }

    /// <summary>Null where no token strips anything.</summary>
    public TokenAttributes[]? Attributes { get; private set; }

    /// <summary>A token's id by its text, or -1.</summary>
    public int Find(string text) => _ids.GetValueOrDefault(text, -1);

    private int Add(JsonPlace place, int id, string text)
    {
        if (id >= _limit)
        {
            throw place.Error($"the id {id} is too large for a file of {_limit / MaxIdsPerToken} tokens, which may have ids below {_limit}");
        }

        if (!_texts.TryAdd(id, text) && _texts[id] != text)
        {
            throw place.Error($"the id {id} is also that of another token");
        }

        if (!_ids.TryAdd(text, id) && _ids[text] != id)
        {
            throw place.Error($"its token has the ids {_ids[text]} and {id}");
        }

        return id;
    }

    private void ReadAdded(JsonPlace token, int id)
    {
        if (token.IsTrue("single_word"))
        {
            throw token.Member("single_word").Error("tokens that are recognized as whole words alone are not supported");
        }

        Types[id] = token.IsTrue("special") ? TokenType.Control : TokenType.UserDefined;
        TokenAttributes attributes = (token.IsTrue("lstrip") ? TokenAttributes.StripLeft : 0) | (token.IsTrue("rstrip") ? TokenAttributes.StripRight : 0);
        if (attributes != TokenAttributes.None)
        {
            Attributes ??= new TokenAttributes[Texts.Length];
            Attributes[id] = attributes;
        }
    }
}
