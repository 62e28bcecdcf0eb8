using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Q6K;

/// <summary>A matrix that reads its rows where they are in the file.</summary>
internal sealed unsafe class Q6KMatrix : IWeightMatrix
{
    /// <summary>Rows that stay in the nearest cache while all tokens pass by.</summary>
    private const int RowsInCache = 16;

    private readonly WeightSource _source;
    private readonly int _blocks;
    private readonly delegate*<byte*, int, in ActivationBatch, int, float> _dot;
    private readonly delegate*<byte*, int, in ActivationBatch, int, float*, int, void> _dotFour;

    public Q6KMatrix(in WeightSource source, SimdLevel level)
    {
        if (source.Columns % Q6KBlock.Elements != 0 || source.RowBytes != (long)source.Columns / Q6KBlock.Elements * Q6KBlock.Bytes)
        {
            throw new TesseraException(
                $"tensor '{source.Name}': rows of {source.Columns} weights in {source.RowBytes} bytes are not whole Q6_K blocks of {Q6KBlock.Elements} weights in {Q6KBlock.Bytes} bytes");
        }

        _source = source;
        _blocks = source.Columns / Q6KBlock.Elements;
        switch (level)
        {
            case SimdLevel.Avx512:
                _dot = &Q6KKernel.DotAvx512;
                _dotFour = &Q6KKernel.DotFourAvx512;
                break;
            case SimdLevel.Avx2:
                _dot = &Q6KKernel.DotAvx2;
                _dotFour = &Q6KKernel.DotFourAvx2;
                break;
            case SimdLevel.Vector128:
                _dot = &Q6KKernel.DotVector128;
                _dotFour = &Q6KKernel.DotFourVector128;
                break;
            default:
                _dot = &Q6KKernel.DotScalar;
                _dotFour = &Q6KKernel.DotFourScalar;
                break;
        }
    }

    public int Rows => _source.Rows;

    public int Columns => _source.Columns;

    public ActivationEncoding Activations => ActivationEncoding.Q8;

    public int RowGranularity => 1;

    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        int end = y.FirstRow + y.RowCount;
        ArgumentOutOfRangeException.ThrowIfNegative(y.FirstRow, nameof(y));
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Columns, Columns, nameof(x));
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
                    _dotFour(_source.Row(row), _blocks, x, token, output + row, y.Stride);
                }
            }

            for (; token < x.Tokens; token++)
            {
                float* output = y.Values + ((long)token * y.Stride);
                for (int row = first; row < last; row++)
                {
                    output[row] = _dot(_source.Row(row), _blocks, x, token);
                }
            }
        }
    }

    public void Dispose()
    {
    }
}
