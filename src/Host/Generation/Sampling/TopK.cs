using System.Numerics;
using System.Runtime.InteropServices;

namespace Tessera.Generation;

/// <summary>
/// The k largest logits, the lower id first among equals. A heap holds the best so far with the worst of them on top, and most of a large
/// vocabulary fails the comparison with that one a vector at a time.
/// </summary>
internal sealed class TopK
{
    private readonly ulong[] _heap;
    private readonly Candidate[] _candidates;

    /// <summary>Makes the buffers.</summary>
    /// <param name="k">0 or less: all.</param>
    /// <param name="vocabularySize">How many logits there will be.</param>
    public TopK(int k, int vocabularySize)
    {
        bool all = k <= 0 || k >= vocabularySize;
        _heap = new ulong[all ? 0 : k];
        _candidates = new Candidate[all ? vocabularySize : k];
    }

    /// <summary>The candidates, fewer than k where the logits have no more: negative infinity is none.</summary>
    /// <returns>Best first, or in the order of ids where k is all; valid until the next call.</returns>
    public Span<Candidate> Select(ReadOnlySpan<float> logits)
    {
        if (_heap.Length == 0)
        {
            return SelectAll(logits);
        }

        int count = 0;
        int id = 0;
        for (; id < logits.Length && count < _heap.Length; id++)
        {
            if (logits[id] > float.NegativeInfinity)
            {
                _heap[count++] = Key(id, logits[id]);
            }
        }

        if (id < logits.Length)
        {
            ReplaceWorse(logits, id);
        }

        Span<ulong> keys = _heap.AsSpan(0, count);
        keys.Sort();
        for (int i = 0; i < count; i++)
        {
            id = Id(keys[count - 1 - i]);
            _candidates[i] = new Candidate(id, logits[id]);
        }

        return _candidates.AsSpan(0, count);
    }

    private Span<Candidate> SelectAll(ReadOnlySpan<float> logits)
    {
        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (logits[id] > float.NegativeInfinity)
            {
                _candidates[count++] = new Candidate(id, logits[id]);
            }
        }

        return _candidates.AsSpan(0, count);
    }

    private void ReplaceWorse(ReadOnlySpan<float> logits, int first)
    {
        for (int parent = _heap.Length / 2 - 1; parent >= 0; parent--)
        {
            SiftDown(parent);
        }

        // A later id must exceed the worst: an equal one is not better.
        float worst = logits[Id(_heap[0])];
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits[first..]);
        foreach (Vector<float> vector in vectors)
        {
            if (Vector.GreaterThanAny(vector, new Vector<float>(worst)))
            {
                worst = ReplaceWorse(logits, first, first + Vector<float>.Count, worst);
            }

            first += Vector<float>.Count;
        }

        ReplaceWorse(logits, first, logits.Length, worst);
    }

    private float ReplaceWorse(ReadOnlySpan<float> logits, int first, int end, float worst)
    {
        for (int id = first; id < end; id++)
        {
            if (logits[id] > worst)
            {
                _heap[0] = Key(id, logits[id]);
                SiftDown(0);
                worst = logits[Id(_heap[0])];
            }
        }

        return worst;
    }

    private void SiftDown(int parent)
    {
        ulong[] heap = _heap;
        ulong key = heap[parent];
        for (int child = 2 * parent + 1; child < heap.Length; child = 2 * parent + 1)
        {
            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (key <= heap[child])
            {
                break;
            }

            heap[parent] = heap[child];
            parent = child;
        }

        heap[parent] = key;
    }

    /// <summary>
    /// A number that is the greater the better the candidate: above, the logit's bits, turned so that they are ordered as the logits are (all of a
    /// negative one, the sign of another), and below, the id's complement. Adding 0 makes -0 equal to 0.
    /// </summary>
    private static ulong Key(int id, float logit)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        uint ordered = (int)bits < 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)ordered << 32) | ~(uint)id;
    }

    private static int Id(ulong key) => (int)~(uint)key;
}
