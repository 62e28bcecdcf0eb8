using System.Text;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// The symbols that words are made of, as numbers, and which pairs of them merge into which. A symbol that is a token has the token's id;
/// one that occurs in merges only (a part on the way to a token) has a number from the vocabulary's count on. Symbols are byte strings:
/// a byte-level token is decoded from the byte alphabet, so that no text needs to be encoded in it.
/// </summary>
internal sealed class MergeTable
{
    public const int None = -1;

    private readonly Dictionary<ReadOnlyMemory<byte>, int> _symbols;
    private readonly Dictionary<ReadOnlyMemory<byte>, int>.AlternateLookup<ReadOnlySpan<byte>> _symbolOf;
    private readonly Dictionary<ulong, Merge> _merges;
    private readonly bool _byteLevel;

    public MergeTable(Vocabulary vocabulary, IReadOnlyList<ReadOnlyMemory<byte>> merges, bool byteLevel)
    {
        _byteLevel = byteLevel;
        TokenCount = vocabulary.Count;
        _symbols = new Dictionary<ReadOnlyMemory<byte>, int>(vocabulary.Count + 256, Utf8Comparer.Instance);
        _symbolOf = _symbols.GetAlternateLookup<ReadOnlySpan<byte>>();
        _merges = new Dictionary<ulong, Merge>(merges.Count);

        Memory<byte> tokens = new byte[Enumerable.Range(0, vocabulary.Count).Sum(id => vocabulary.TextOf(id).Length)];
        for (int id = 0; id < vocabulary.Count; id++)
        {
            int length = Decode(vocabulary.TextOf(id).Span, tokens.Span);
            if (length > 0)
            {
                _symbols[tokens[..length]] = id;
                LongestToken = Math.Max(LongestToken, length);
                tokens = tokens[length..];
            }
        }

        for (int b = 0; b < 256; b++)
        {
            ByteTokens[b] = FindByteToken((byte)b);
            ByteSymbols[b] = byteLevel ? Intern([(byte)b]) : None;
        }

        Span<byte> buffer = new byte[merges.Count == 0 ? 0 : merges.Max(m => m.Length)];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            Add(merges[rank].Span, rank, buffer);
        }
    }

    /// <summary>Symbols below this are tokens.</summary>
    public int TokenCount { get; }

    /// <summary>Bytes of the longest token.</summary>
    public int LongestToken { get; }

    /// <summary>The symbol of each single byte, in a byte-level vocabulary.</summary>
    public int[] ByteSymbols { get; } = new int[256];

    /// <summary>The token that stands for a byte of a symbol that is no token, or <see cref="None"/>.</summary>
    public int[] ByteTokens { get; } = new int[256];

    public int Find(ReadOnlySpan<byte> bytes) => _symbolOf.TryGetValue(bytes, out int symbol) ? symbol : None;

    public bool TryMerge(int left, int right, out Merge merge) => _merges.TryGetValue(Key(left, right), out merge);

    // llama.cpp looks for the single bytes of the *spelled* symbol, so only a byte that its one ASCII character spells can be found.
    private int FindByteToken(byte value) =>
        !_byteLevel ? Find(Encoding.ASCII.GetBytes($"<0x{value:X2}>"))
        : value is >= 0x21 and <= 0x7E ? Find([value])
        : None;

    // "left right": the first space, but never the first byte, parts them. The first of two equal pairs counts.
    private void Add(ReadOnlySpan<byte> text, int rank, Span<byte> buffer)
    {
        int space = text.Length < 2 ? -1 : text[1..].IndexOf((byte)' ') + 1;
        if (space < 1)
        {
            return;
        }

        int left = Decode(text[..space], buffer);
        int right = left < 0 ? -1 : Decode(text[(space + 1)..], buffer[left..]);
        if (right >= 0)
        {
            ulong pair = Key(Intern(buffer[..left]), Intern(buffer.Slice(left, right)));
            _merges.TryAdd(pair, new Merge(rank, Intern(buffer[..(left + right)])));
        }
    }

    private int Intern(ReadOnlySpan<byte> bytes)
    {
        int symbol = Find(bytes);
        if (symbol == None)
        {
            symbol = TokenCount + _symbols.Count;
            _symbols.Add(bytes.ToArray(), symbol);
        }

        return symbol;
    }

    // The number of bytes, or -1 for a text that no word can have.
    private int Decode(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        if (_byteLevel)
        {
            return ByteAlphabet.TryDecode(text, bytes, out int count) ? count : -1;
        }

        text.CopyTo(bytes);
        return text.Length;
    }

    // The multiplication by an odd number is one to one and spreads the pairs over the dictionary's buckets.
    private static ulong Key(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) * 0x9E3779B97F4A7C15UL;

    /// <param name="Rank">Lower merges first.</param>
    /// <param name="Symbol">What the pair becomes.</param>
    internal readonly record struct Merge(int Rank, int Symbol);
}
