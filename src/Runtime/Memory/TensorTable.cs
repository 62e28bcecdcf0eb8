using Tessera.Architectures;

namespace Tessera.Runtime.Memory;

/// <summary>
/// What the tensors of a forward pass stand for. A tensor carries the stamp of its entry: one from another pass or layer, or whose values were taken over,
/// finds another stamp there.
/// </summary>
internal sealed class TensorTable
{
    private Entry[] _entries = new Entry[64];
    private int _stamp;

    /// <summary>Entries in use.</summary>
    public int Count { get; private set; }

    /// <summary>Names values whose rows are tokens.</summary>
    public Tensor Add(ActivationRows values) => Add(values, (Routing?)null);

    /// <summary>Names values whose rows are those of another tensor.</summary>
    public Tensor Add(ActivationRows values, Tensor like) => Add(values, RoutingOf(like));

    /// <summary>Names values.</summary>
    /// <param name="values">The values.</param>
    /// <param name="routing">What their rows are: a routing's, expert by expert; null for tokens.</param>
    public Tensor Add(ActivationRows values, Routing? routing)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * Count);
        }

        _entries[Count] = new Entry(++_stamp, values, routing);
        return new Tensor(Count++, _stamp, values.Rows, values.Columns);
    }

    /// <summary>The values of a tensor, unless it is not of this pass and layer or its values were taken over.</summary>
    public bool TryFind(Tensor x, out ActivationRows values)
    {
        if ((uint)x.Slot < (uint)Count && _entries[x.Slot] is var entry && entry.Stamp == x.Stamp
            && entry.Values.Rows == x.Rows && entry.Values.Columns == x.Columns)
        {
            values = entry.Values;
            return true;
        }

        values = default;
        return false;
    }

    /// <summary>What the rows of a tensor are, see <see cref="Add(ActivationRows, Routing?)"/>.</summary>
    public Routing? RoutingOf(Tensor x) => _entries[x.Slot].Routing;

    /// <summary>Gives a tensor's values a new name; the old one is gone.</summary>
    public Tensor TakeOver(Tensor x)
    {
        _entries[x.Slot] = _entries[x.Slot] with { Stamp = ++_stamp };
        return new Tensor(x.Slot, _stamp, x.Rows, x.Columns);
    }

    /// <summary>Forgets all tensors but the first ones.</summary>
    public void ReleaseTo(int count) => Count = count;

    private readonly record struct Entry(int Stamp, ActivationRows Values, Routing? Routing);
}
