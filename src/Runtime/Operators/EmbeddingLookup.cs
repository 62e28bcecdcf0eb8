using Tessera.Architectures;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Dequantizes the rows of a table for the tokens of a batch.</summary>
internal sealed unsafe class EmbeddingLookup : TokenOperation
{
    private Embedding _table = null!;
    private int[] _ids = [];
    private Tensor _y;

    public void Run(WorkerPool pool, Embedding table, int[] ids, Tensor y)
    {
        (_table, _ids, _y) = (table, ids, y);
        Run(pool, y.Rows);
    }

    protected override void ExecuteToken(int token) =>
        _table.Format.Dequantize(new ReadOnlySpan<byte>(_table.Source.Row(_ids[token]), checked((int)_table.Source.RowBytes)), _y.Row(token));
}
