using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Dequantizes the rows of a table for the tokens of a batch.</summary>
internal sealed unsafe class EmbeddingLookup : TokenOperation
{
    private readonly List<int> _rows = [];
    private EmbeddingTable _table = null!;
    private ActivationRows _y;

    /// <param name="pool">The threads.</param>
    /// <param name="table">The table.</param>
    /// <param name="rows">A row of it for each token.</param>
    /// <param name="y">[tokens, columns].</param>
    /// <exception cref="ArgumentException">The table has no such row.</exception>
    public void Run(WorkerPool pool, EmbeddingTable table, ReadOnlySpan<int> rows, ActivationRows y)
    {
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)table.Rows)
            {
                throw new ArgumentException($"the table '{table.Name}' has {table.Rows} rows, the row {row} was asked for");
            }
        }

        _rows.Clear();
        _rows.AddRange(rows);
        (_table, _y) = (table, y);
        Run(pool, y.Rows);
    }

    protected override void ExecuteToken(int token) =>
        _table.Format.Dequantize(new ReadOnlySpan<byte>(_table.Source.Row(_rows[token]), (int)_table.Source.RowBytes), _y.Row(token));
}
