using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Copies some of the columns of each group of a tensor to some of the columns of each group of another.</summary>
internal sealed class ColumnCopy : TokenOperation
{
    private ActivationRows _from;
    private ActivationRows _to;
    private int _fromFirst;
    private int _fromLength;
    private int _toFirst;
    private int _toLength;
    private int _count;

    /// <param name="pool">The threads.</param>
    /// <param name="from">Where they come from.</param>
    /// <param name="fromFirst">The first column of a group.</param>
    /// <param name="fromLength">A group's length.</param>
    /// <param name="to">Where they go.</param>
    /// <param name="toFirst">The first column of a group.</param>
    /// <param name="toLength">A group's length.</param>
    /// <param name="count">How many.</param>
    public void Run(WorkerPool pool, ActivationRows from, int fromFirst, int fromLength, ActivationRows to, int toFirst, int toLength, int count)
    {
        (_from, _fromFirst, _fromLength, _to, _toFirst, _toLength, _count) = (from, fromFirst, fromLength, to, toFirst, toLength, count);
        Run(pool, from.Rows);
    }

    protected override void ExecuteToken(int token)
    {
        ReadOnlySpan<float> from = _from.Row(token);
        Span<float> to = _to.Row(token);
        for (int i = _fromFirst, j = _toFirst; i < from.Length; i += _fromLength, j += _toLength)
        {
            from.Slice(i, _count).CopyTo(to.Slice(j, _count));
        }
    }
}
