using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Runtime.Matrices;

/// <summary>
/// Serves every format in <see cref="NumericsMode.Exact"/>: each row is dequantized when it is needed and multiplied with the F32 activations. The order of
/// the additions is fixed, so results are the same to the bit whatever the processor, the batch and the tile.
/// </summary>
internal sealed unsafe class DequantizedMatrix(IQuantFormat format, WeightSource source) : IWeightMatrix
{
    [ThreadStatic]
    private static float[]? t_row;

    public int Rows => source.Rows;

    public int Columns => source.Columns;

    public ActivationParts Reads => ActivationParts.Values;

    public int RowGranularity => 1;

    public string Kernel => "rows dequantized as they are multiplied";

    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Columns, Columns, nameof(x));
        ArgumentOutOfRangeException.ThrowIfNegative(y.FirstRow, nameof(y));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(y.FirstRow + y.RowCount), (uint)Rows, nameof(y));
        if (t_row is null || t_row.Length < Columns)
        {
            t_row = GC.AllocateUninitializedArray<float>(Columns);
        }

        fixed (float* weights = t_row)
        {
            for (int row = y.FirstRow; row < y.FirstRow + y.RowCount; row++)
            {
                format.Dequantize(new ReadOnlySpan<byte>(source.Row(row), checked((int)source.RowBytes)), new Span<float>(weights, Columns));
                for (int token = 0; token < x.Tokens; token++)
                {
                    y.Values[((long)token * y.Stride) + row] = Dot(weights, x.ValuesOf(token), Columns);
                }
            }
        }
    }

    public void Dispose()
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(float* w, float* x, int count)
    {
        Vector256<float> a = Vector256<float>.Zero;
        Vector256<float> b = Vector256<float>.Zero;
        Vector256<float> c = Vector256<float>.Zero;
        Vector256<float> d = Vector256<float>.Zero;
        int i = 0;
        for (; i <= count - 32; i += 32)
        {
            a = Vector256.FusedMultiplyAdd(Vector256.Load(w + i), Vector256.Load(x + i), a);
            b = Vector256.FusedMultiplyAdd(Vector256.Load(w + i + 8), Vector256.Load(x + i + 8), b);
            c = Vector256.FusedMultiplyAdd(Vector256.Load(w + i + 16), Vector256.Load(x + i + 16), c);
            d = Vector256.FusedMultiplyAdd(Vector256.Load(w + i + 24), Vector256.Load(x + i + 24), d);
        }

        float sum = Vector256.Sum(a + b + (c + d));
        for (; i < count; i++)
        {
            sum = MathF.FusedMultiplyAdd(w[i], x[i], sum);
        }

        return sum;
    }
}
