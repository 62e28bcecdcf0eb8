using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Copies rows that lie anywhere in a tensor one after the other.</summary>
internal sealed class RowGather : TokenOperation
{
    private readonly List<int> _rows = [];
    private ActivationRows _x;
    private ActivationRows _y;

    /// <param name="pool">The threads.</param>
    /// <param name="x">Where the rows are.</param>
    /// <param name="rows">Which, for each row of the result.</param>
    /// <param name="y">The result.</param>
    public void Run(WorkerPool pool, ActivationRows x, ReadOnlySpan<int> rows, ActivationRows y)
    {
        _rows.Clear();
        _rows.AddRange(rows);
        (_x, _y) = (x, y);
        Run(pool, y.Rows);
    }

    protected override void ExecuteToken(int token) => _x.Row(_rows[token]).CopyTo(_y.Row(token));
}
