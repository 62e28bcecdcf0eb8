using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Kernels;

/// <summary>A matrix that reads its rows where they are in the file, with a format's kernel.</summary>
public sealed unsafe class RowMatrix : IWeightMatrix
{
    /// <summary>Rows that stay in a core's cache while all tokens pass by.</summary>
    private const int RowsInCache = 16;

    private readonly WeightSource _source;
    private readonly RowKernel _kernel;
    private readonly int _blocks;

    /// <summary>Makes a matrix.</summary>
    /// <param name="source">The matrix in the file.</param>
    /// <param name="block">The format's block.</param>
    /// <param name="reads">What of its input the kernel reads.</param>
    /// <param name="kernel">The kernel for the machine's instruction set.</param>
    /// <exception cref="TesseraException">The rows are not whole blocks.</exception>
    public RowMatrix(in WeightSource source, BlockGeometry block, ActivationParts reads, RowKernel kernel)
    {
        _blocks = source.BlocksPerRow(block);
        _source = source;
        _kernel = kernel;
        Reads = reads;
    }

    /// <inheritdoc/>
    public int Rows => _source.Rows;

    /// <inheritdoc/>
    public int Columns => _source.Columns;

    /// <inheritdoc/>
    public ActivationParts Reads { get; }

    /// <inheritdoc/>
    public int RowGranularity => 1;

    /// <inheritdoc/>
    public SimdLevel? Simd => _kernel.Simd;

    /// <inheritdoc/>
    public string Kernel => "rows";

    /// <inheritdoc/>
    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        int end = y.FirstRow + y.RowCount;
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Columns, Columns, nameof(x));
        ArgumentOutOfRangeException.ThrowIfNegative(y.FirstRow, nameof(y));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)end, (uint)Rows, nameof(y));
        for (int first = y.FirstRow; first < end; first += RowsInCache)
        {
            int last = Math.Min(first + RowsInCache, end);
            int token = 0;
            for (; token + 4 <= x.Tokens; token += 4)
            {
                float* output = y.Values + ((long)token * y.Stride);
                for (int row = first; row < last; row++)
                {
                    _kernel.DotFour(_source.Row(row), _blocks, x, token, output + row, y.Stride);
                }
            }

            for (; token < x.Tokens; token++)
            {
                float* output = y.Values + ((long)token * y.Stride);
                for (int row = first; row < last; row++)
                {
                    output[row] = _kernel.Dot(_source.Row(row), _blocks, x, token);
                }
            }
        }
    }

    /// <summary>Nothing to free: the bytes are the file's.</summary>
    public void Dispose()
    {
    }
}
