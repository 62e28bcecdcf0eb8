using System.Runtime.InteropServices;

namespace Tessera.Tokenizer.Spm;

/// <summary>
/// Pairs of pieces that wait for their merge; the merge that comes first leaves first, of equal ones the leftmost. Pairs of one order mostly
/// arrive from left to right: such a row is a linked run of which only the head stands in the heap. The heap so has about as many entries as the
/// text has different pairs, and one letter repeated a million times is a single run.
/// </summary>
internal sealed class MergeQueue
{
    // Value: a run's first entry. Priority: the order above, the pair's place below.
    private readonly PriorityQueue<int, ulong> _heads = new();
    private readonly Dictionary<uint, int> _lastOfOrder = [];
    private readonly List<Entry> _entries = [];

    /// <summary>Adds a pair.</summary>
    /// <param name="order">When its merge comes.</param>
    /// <param name="left">Index of its left piece.</param>
    /// <param name="length">Its bytes.</param>
    public void Enqueue(uint order, int left, int length)
    {
        int entry = _entries.Count;
        _entries.Add(new Entry(left, length, Next: -1, Waiting: true));
        ref int last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastOfOrder, order, out bool known);
        if (known && _entries[last] is { Waiting: true } before && before.Left < left)
        {
            _entries[last] = before with { Next = entry };
        }
        else
        {
            _heads.Enqueue(entry, Priority(order, left));
        }

        last = entry;
    }

    /// <summary>Takes the pair whose merge comes first.</summary>
    public bool TryDequeue(out int left, out int length)
    {
        if (!_heads.TryPeek(out int index, out ulong priority))
        {
            left = length = 0;
            return false;
        }

        Entry entry = _entries[index];
        (left, length) = (entry.Left, entry.Length);
        _entries[index] = entry with { Waiting = false };
        if (entry.Next >= 0)
        {
            _heads.DequeueEnqueue(entry.Next, Priority((uint)(priority >> 32), _entries[entry.Next].Left));
        }
        else
        {
            _heads.Dequeue();
        }

        return true;
    }

    private static ulong Priority(uint order, int left) => ((ulong)order << 32) | (uint)left;

    private readonly record struct Entry(int Left, int Length, int Next, bool Waiting);
}
