using System.Buffers;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm;

/// <summary>
/// One text on its way from characters to tokens. Pieces form a linked list over the text's bytes; a queue holds the pairs of neighbours that
/// make a token. Every merge removes a piece and queues at most two pairs, so n characters take at most O(n log n).
/// </summary>
internal ref struct PieceMerger
{
    private readonly MergeRules _rules;
    private readonly byte[] _bytes;
    private readonly Piece[] _pieces;
    private readonly int _count;
    private readonly MergeQueue _queue = new();
    private readonly int _length;

    public PieceMerger(MergeRules rules, ReadOnlySpan<byte> text, bool prefix)
    {
        _rules = rules;
        _bytes = ArrayPool<byte>.Shared.Rent(EscapedSpace.LengthOf(text, prefix));
        _length = EscapedSpace.WriteEscaped(text, prefix, _bytes);
        _pieces = ArrayPool<Piece>.Shared.Rent(CountCharacters(_bytes.AsSpan(0, _length)));
        for (int start = 0; start < _length; _count++)
        {
            int size = Math.Min(CharacterLength(_bytes[start]), _length - start);
            _pieces[_count] = new Piece { Start = start, Length = size, Previous = _count - 1, Next = start + size < _length ? _count + 1 : -1 };
            start += size;
        }
    }

    /// <summary>The text as it is merged.</summary>
    public readonly ReadOnlySpan<byte> Text => BytesOf(0, _length);

    /// <param name="steps">Receives each merge, where somebody asks.</param>
    public readonly void Merge(ICollection<MergeStep>? steps = null)
    {
        for (int i = 0; i + 1 < _count; i++)
        {
            QueuePair(i, i + 1);
        }

        while (_queue.TryDequeue(out int index, out int length))
        {
            ref Piece left = ref _pieces[index];
            if (left.Length == 0 || left.Next < 0)
            {
                continue;
            }

            // The pair is stale if either piece has grown since: the lengths then add up to more.
            ref Piece right = ref _pieces[left.Next];
            if (left.Length + right.Length != length)
            {
                continue;
            }

            steps?.Add(new MergeStep(left.Start, right.Start, left.Start + length, _rules.ScoreOf(BytesOf(left.Start, length))));
            left.Length = length;
            right.Length = 0;
            left.Next = right.Next;
            if (left.Previous >= 0)
            {
                QueuePair(left.Previous, index);
            }

            if (left.Next >= 0)
            {
                _pieces[left.Next].Previous = index;
                QueuePair(index, left.Next);
            }
        }
    }

    public readonly void AppendIds(ICollection<int> ids)
    {
        for (int i = 0; i >= 0; i = _pieces[i].Next)
        {
            ReadOnlySpan<byte> piece = BytesOf(_pieces[i].Start, _pieces[i].Length);
            int id = _rules.Find(piece);
            if (id >= 0)
            {
                ids.Add(id);
                continue;
            }

            foreach (byte value in piece)
            {
                if (_rules.ByteIds[value] >= 0)
                {
                    ids.Add(_rules.ByteIds[value]);
                }
            }
        }
    }

    public readonly void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<Piece>.Shared.Return(_pieces);
    }

    private readonly void QueuePair(int left, int right)
    {
        int length = _pieces[left].Length + _pieces[right].Length;
        int id = _rules.Find(BytesOf(_pieces[left].Start, length));
        if (id >= 0)
        {
            _queue.Enqueue(_rules.OrderOf(id), left, length);
        }
    }

    private static int CountCharacters(ReadOnlySpan<byte> text)
    {
        int count = 0;
        for (int start = 0; start < text.Length; start += CharacterLength(text[start]))
        {
            count++;
        }

        return count;
    }

    /// <summary>Bytes of a character by its first alone, as the reference goes by it: where a text is no UTF-8 it takes what follows all the same.</summary>
    private static int CharacterLength(byte first) => first switch
    {
        < 0xC0 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    private readonly ReadOnlySpan<byte> BytesOf(int start, int length) => _bytes.AsSpan(start, length);

    /// <summary>A run of bytes between two neighbours; length 0 once it is merged into the one before.</summary>
    private struct Piece
    {
        public int Start;
        public int Length;
        public int Previous;
        public int Next;
    }
}
