using Tessera.Numerics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Matrices;

/// <summary>
/// Products of matrices with inputs, <c>y = s W x + b</c>, as many as are added before a run. An item is a tile of rows of one of them, so that a thread which
/// the system slows down takes fewer rows. Items come node by node: each node of memory has the same rows of a matrix in every run, those that its threads
/// packed.
/// </summary>
internal sealed unsafe class MatrixProduct : Operation
{
    private const int TilesPerWorker = 8;
    private const int MinTileRows = 16;

    // So many products have as many tiles as they would have alone: enough for the threads, whatever each takes.
    private const int FewProducts = 3;

    private Product[] _products = new Product[4];
    private int _count;
    private int _nodeTiles;

    /// <summary>Adds a product to the next run.</summary>
    /// <param name="matrix">W.</param>
    /// <param name="x">The input, in what the matrix reads.</param>
    /// <param name="y">The output, a row for each token.</param>
    /// <param name="bias">b, of the matrix' rows; empty for none.</param>
    /// <param name="scale">s.</param>
    public void Add(BoundMatrix matrix, in ActivationBatch x, ActivationRows y, ReadOnlyMemory<float> bias, float scale = 1)
    {
        if (_count == _products.Length)
        {
            Array.Resize(ref _products, 2 * _count);
        }

        _products[_count++] = new Product { Matrix = matrix, Input = x, Output = y, Bias = bias, Scale = scale };
    }

    /// <summary>Forgets products that were added and not run.</summary>
    public void Clear() => _count = 0;

    /// <summary>Computes all products that were added, and forgets them.</summary>
    public void Run(WorkerPool pool)
    {
        int tiles = 0;
        int tilesOfEach = Math.Max(1, pool.Threads * TilesPerWorker * FewProducts / Math.Max(FewProducts, _count));
        for (int i = 0; i < _count; i++)
        {
            ref Product product = ref _products[i];
            product.TileRows = TileRows(product.Matrix, pool.Threads, tilesOfEach);
            product.NodeRows = RoundUp((product.Matrix.Rows + pool.Nodes - 1) / pool.Nodes, product.Matrix.RowGranularity);
            tiles += (product.NodeRows + product.TileRows - 1) / product.TileRows;
            product.TileEnd = tiles;
        }

        _nodeTiles = tiles;
        try
        {
            pool.Run(this, pool.Nodes * tiles);
        }
        finally
        {
            _count = 0;
        }
    }

    public override void Execute(int item)
    {
        (int node, int tile) = Math.DivRem(item, _nodeTiles);
        int index = ProductOf(tile);
        ref readonly Product product = ref _products[index];
        int first = index == 0 ? 0 : _products[index - 1].TileEnd;
        int firstRow = (node * product.NodeRows) + ((tile - first) * product.TileRows);
        int lastRow = Math.Min(Math.Min(firstRow + product.TileRows, (node + 1) * product.NodeRows), product.Matrix.Rows);
        if (firstRow < lastRow)
        {
            Multiply(product, firstRow, lastRow - firstRow);
        }
    }

    private static int TileRows(BoundMatrix matrix, int threads, int tiles)
    {
        int rows = threads == 1 ? matrix.Rows : Math.Max(MinTileRows, matrix.Rows / tiles);
        return RoundUp(rows, matrix.RowGranularity);
    }

    private static int RoundUp(int rows, int granularity) => (rows + granularity - 1) / granularity * granularity;

    /// <summary>The product that a tile belongs to.</summary>
    private int ProductOf(int tile)
    {
        (int low, int high) = (0, _count - 1);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = tile < _products[middle].TileEnd ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static void Multiply(in Product product, int first, int rows)
    {
        ActivationRows y = product.Output;
        product.Matrix.Multiply(product.Input, new OutputTile { Values = y.Data, Stride = y.Stride, FirstRow = first, RowCount = rows });
        if (product.Scale != 1 || !product.Bias.IsEmpty)
        {
            ReadOnlySpan<float> bias = product.Bias.IsEmpty ? default : product.Bias.Span.Slice(first, rows);
            for (int token = 0; token < y.Rows; token++)
            {
                ScaleAndAdd(y.Row(token).Slice(first, rows), product.Scale, bias);
            }
        }
    }

    private static void ScaleAndAdd(Span<float> y, float scale, ReadOnlySpan<float> bias)
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = (y[i] * scale) + (bias.IsEmpty ? 0 : bias[i]);
        }
    }

    private struct Product
    {
        public required BoundMatrix Matrix;
        public required ActivationBatch Input;
        public required ActivationRows Output;
        public required ReadOnlyMemory<float> Bias;
        public required float Scale;
        public int TileRows;
        public int NodeRows;

        /// <summary>Tiles of a node up to this product's last.</summary>
        public int TileEnd;
    }
}
