using Tessera.Architectures;
using Tessera.Numerics;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Matrices;

/// <summary>
/// <c>y = s W x + b</c> for up to three matrices that share their input. An item is a tile of rows, so that a thread which the system
/// slows down takes fewer rows. Items come node by node: each node of memory has the same rows of a matrix in every run, those that its threads
/// packed.
/// </summary>
internal sealed unsafe class MatrixProduct : Operation, IDisposable
{
    private const int MaxMatrices = 3;
    private const int TilesPerWorker = 8;
    private const int MinTileRows = 16;

    private readonly ActivationEncoder _encoder = new();
    private readonly Linear[] _matrices = new Linear[MaxMatrices];
    private readonly Tensor[] _outputs = new Tensor[MaxMatrices];
    private readonly int[] _tileRows = new int[MaxMatrices];
    private readonly int[] _nodeRows = new int[MaxMatrices];
    private readonly int[] _tileEnd = new int[MaxMatrices];
    private ActivationBatch _batch;
    private int _count;
    private int _nodeTiles;

    /// <summary>Adds a product to the next run.</summary>
    public void Add(Linear matrix, Tensor output)
    {
        _matrices[_count] = matrix;
        _outputs[_count] = output;
        _count++;
    }

    /// <summary>Computes all products that were added, and forgets them.</summary>
    public void Run(WorkerPool pool, Tensor x)
    {
        int tiles = 0;
        bool encoded = false;
        for (int i = 0; i < _count; i++)
        {
            Linear matrix = _matrices[i];
            encoded |= matrix.Weights.Activations == ActivationEncoding.Q8;
            _tileRows[i] = TileRows(matrix, pool.Threads);
            _nodeRows[i] = RoundUp((matrix.Outputs + pool.Nodes - 1) / pool.Nodes, matrix.Weights.RowGranularity);
            tiles += (_nodeRows[i] + _tileRows[i] - 1) / _tileRows[i];
            _tileEnd[i] = tiles;
        }

        _count = 0;
        _nodeTiles = tiles;
        if (x.Rows > 0)
        {
            _batch = encoded ? _encoder.Encode(pool, x) : ActivationEncoder.Plain(x);
            pool.Run(this, pool.Nodes * tiles);
        }
    }

    public override void Execute(int item)
    {
        (int node, int tile) = Math.DivRem(item, _nodeTiles);
        int matrix = 0;
        int first = 0;
        while (tile >= _tileEnd[matrix])
        {
            first = _tileEnd[matrix++];
        }

        long firstRow = ((long)node * _nodeRows[matrix]) + ((long)(tile - first) * _tileRows[matrix]);
        long lastRow = Math.Min(Math.Min(firstRow + _tileRows[matrix], (node + 1L) * _nodeRows[matrix]), _matrices[matrix].Outputs);
        if (firstRow < lastRow)
        {
            Multiply(matrix, (int)firstRow, (int)(lastRow - firstRow));
        }
    }

    public void Dispose() => _encoder.Dispose();

    private static int TileRows(Linear matrix, int workers)
    {
        int rows = workers == 1 ? matrix.Outputs : Math.Max(MinTileRows, matrix.Outputs / (workers * TilesPerWorker));
        return RoundUp(rows, matrix.Weights.RowGranularity);
    }

    private static int RoundUp(int rows, int granularity) => checked((rows + granularity - 1) / granularity * granularity);

    private void Multiply(int index, int first, int rows)
    {
        Linear matrix = _matrices[index];
        Tensor output = _outputs[index];
        matrix.Weights.Multiply(_batch, new OutputTile { Values = output.Data, Stride = output.Columns, FirstRow = first, RowCount = rows });
        if (matrix.Scale != 1 || matrix.Bias is not null)
        {
            for (int token = 0; token < output.Rows; token++)
            {
                ScaleAndAdd(output.Row(token).Slice(first, rows), matrix.Scale, matrix.Bias.AsSpan(matrix.Bias is null ? 0 : first));
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
}
