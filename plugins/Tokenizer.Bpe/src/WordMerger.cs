using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// Merges the symbols of one word: of all neighbours that may merge, those of the lowest rank first, among equals the leftmost. A queue of
/// pairs makes that O(n log n) in the word's length. Holds its buffers from word to word; not for two threads at once.
/// </summary>
internal sealed class WordMerger(MergeTable table, PreTokenizer pre)
{
    private const int End = -1;
    private const int NoRank = -1;

    private readonly PriorityQueue<int, long> _queue = new();

    // A symbol is known by the offset of its first byte.
    private int[] _symbol = new int[64];
    private int[] _previous = new int[64];
    private int[] _next = new int[64];
    // What the symbol and its right neighbour would become; a queued pair whose rank is no longer the one here is out of date.
    private MergeTable.Merge[] _merge = new MergeTable.Merge[64];

    /// <summary>Receives each merge, where somebody asks.</summary>
    public ICollection<MergeStep>? Steps { get; init; }

    /// <summary>Appends a word's tokens.</summary>
    /// <param name="word">UTF-8.</param>
    /// <param name="ids">Receives the ids.</param>
    public void Append(ReadOnlySpan<byte> word, ICollection<int> ids)
    {
        if (TryFindWhole(word, out int id))
        {
            ids.Add(id);
            return;
        }

        Seed(word);
        while (_queue.TryDequeue(out int left, out long order))
        {
            if (_merge[left].Rank == (int)(order >> 32))
            {
                Steps?.Add(StepAt(left, word.Length));
                MergeAt(left);
            }
        }

        for (int start = 0; start != End; start = _next[start])
        {
            Append(_symbol[start], word[start..(_next[start] == End ? word.Length : _next[start])], ids);
        }
    }

    private bool TryFindWhole(ReadOnlySpan<byte> word, out int id)
    {
        bool mayBe = word.Length <= table.LongestToken && (pre.IgnoreMerges || (pre.KeepsLineFeeds && !word.ContainsAnyExcept((byte)'\n')));
        id = mayBe ? table.Find(word) : MergeTable.None;
        return id >= 0 && id < table.TokenCount;
    }

    private void Seed(ReadOnlySpan<byte> word)
    {
        Grow(word.Length);
        int previous = End;
        for (int start = 0; start < word.Length;)
        {
            int length = pre.ByteLevel ? 1 : Utf8LengthAt(word, start);
            _symbol[start] = pre.ByteLevel ? table.ByteSymbols[word[start]] : table.Find(word.Slice(start, length));
            _previous[start] = previous;
            _next[start] = start + length < word.Length ? start + length : End;
            if (previous != End)
            {
                Offer(previous, start);
            }

            previous = start;
            start += length;
        }

        _merge[previous] = new MergeTable.Merge(NoRank, MergeTable.None);
    }

    private MergeStep StepAt(int left, int length)
    {
        int right = _next[left];
        return new MergeStep(left, right, _next[right] == End ? length : _next[right], _merge[left].Rank);
    }

    private void MergeAt(int left)
    {
        int right = _next[left];
        int beyond = _next[right];
        _symbol[left] = _merge[left].Symbol;
        _merge[left] = _merge[right] = new MergeTable.Merge(NoRank, MergeTable.None);
        _next[left] = beyond;
        if (beyond != End)
        {
            _previous[beyond] = left;
            Offer(left, beyond);
        }

        if (_previous[left] != End)
        {
            Offer(_previous[left], left);
        }
    }

    private void Offer(int left, int right)
    {
        if (table.TryMerge(_symbol[left], _symbol[right], out _merge[left]))
        {
            _queue.Enqueue(left, ((long)_merge[left].Rank << 32) | (uint)left);
        }
        else
        {
            _merge[left] = new MergeTable.Merge(NoRank, MergeTable.None);
        }
    }

    private void Append(int symbol, ReadOnlySpan<byte> bytes, ICollection<int> ids)
    {
        if (symbol >= 0 && symbol < table.TokenCount)
        {
            ids.Add(symbol);
            return;
        }

        foreach (byte value in bytes)
        {
            if (table.ByteTokens[value] != MergeTable.None)
            {
                ids.Add(table.ByteTokens[value]);
            }
        }
    }

    private void Grow(int length)
    {
        if (_symbol.Length < length)
        {
            _symbol = new int[length];
            _previous = new int[length];
            _next = new int[length];
            _merge = new MergeTable.Merge[length];
        }
    }

    private static int Utf8LengthAt(ReadOnlySpan<byte> text, int start) => text[start] switch
    {
        < 0xC0 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };
}
