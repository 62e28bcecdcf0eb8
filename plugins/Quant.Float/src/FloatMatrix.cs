using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Float;

/// <summary>A matrix that reads its rows where they are in the file.</summary>
internal sealed unsafe class FloatMatrix<TElement> : IWeightMatrix
    where TElement : struct, IElement
{
    /// <summary>Rows that stay in the second cache while all tokens pass by.</summary>
    private const int RowsInCache = 16;

    private readonly WeightSource _source;
    private readonly delegate*<byte*, int, in ActivationBatch, int, float> _dot;
    private readonly delegate*<byte*, int, in ActivationBatch, int, float*, int, void> _dotFour;

    public FloatMatrix(in WeightSource source, SimdLevel level)
    {
        if (source.RowBytes != (long)source.Columns * TElement.Bytes)
        {
            throw new TesseraException(
                $"tensor '{source.Name}': rows of {source.RowBytes} bytes are not {source.Columns} weights of {TElement.Bytes} bytes");
        }

        _source = source;
        switch (level)
        {
            case SimdLevel.Avx512:
                _dot = &FloatKernel.DotAvx512<TElement>;
                _dotFour = &FloatKernel.DotFourAvx512<TElement>;
                break;
            case SimdLevel.Avx2:
                _dot = &FloatKernel.DotAvx2<TElement>;
                _dotFour = &FloatKernel.DotFourAvx2<TElement>;
                break;
            case SimdLevel.Vector128:
                _dot = &FloatKernel.DotVector128<TElement>;
                _dotFour = &FloatKernel.DotFourVector128<TElement>;
                break;
            default:
                _dot = &FloatKernel.DotScalar<TElement>;
                _dotFour = &FloatKernel.DotFourScalar<TElement>;
                break;
        }
    }

    public int Rows => _source.Rows;

    public int Columns => _source.Columns;

    public ActivationEncoding Activations => ActivationEncoding.F32;

    public int RowGranularity => 1;

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
                    _dotFour(_source.Row(row), Columns, x, token, output + row, y.Stride);
                }
            }

            for (; token < x.Tokens; token++)
            {
                float* output = y.Values + ((long)token * y.Stride);
                for (int row = first; row < last; row++)
                {
                    output[row] = _dot(_source.Row(row), Columns, x, token);
                }
            }
        }
    }

    public void Dispose()
    {
    }
}
