using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Company_Plugin;

/// <summary>
/// Dot products of a row with tokens of Q8 activations: signed bytes with a scale per 32 columns. For one token and for four, with the same bits.
/// Write more for wider vectors (<c>SimdLevel.Avx2</c>, <c>Avx512</c>), each in a file of its own; the conformance tests compare them with the scalar one.
/// </summary>
internal static unsafe class Toy4Kernel
{
    /// <summary>Columns that share a scale of the activations, and their bytes.</summary>
    private const int Group = 32, GroupBytes = Group / 2;

    public static RowKernel For(SimdLevel level) =>
        level == SimdLevel.Scalar
            ? new RowKernel(&DotScalar, &FourScalar) { Simd = SimdLevel.Scalar }
            : new RowKernel(&DotVector128, &FourVector128) { Simd = SimdLevel.Vector128 };

    private static float DotScalar(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* a = x.QuantsOf(token);
        float* scale = x.ScalesOf(token);
        float result = 0;
        for (int i = 0; i < blocks; i++, row += Toy4Block.Bytes)
        {
            byte* pair = row + Toy4Block.QuantsOffset;
            float sum = 0;
            for (int group = 0; group < Toy4Block.Elements / Group; group++, scale++)
            {
                int dot = 0;
                for (int c = 0; c < Group; c += 2, pair++, a += 2)
                {
                    dot += (((*pair & 0xF) - Toy4Block.Zero) * a[0]) + (((*pair >> 4) - Toy4Block.Zero) * a[1]);
                }

                sum += *scale * dot;
            }

            result += Toy4Block.ReadScale(row) * sum;
        }

        return result;
    }

    private static float DotVector128(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* a = x.QuantsOf(token);
        float* scale = x.ScalesOf(token);
        var result = Vector128<float>.Zero;
        for (int i = 0; i < blocks; i++, row += Toy4Block.Bytes)
        {
            var sum = Vector128<float>.Zero;
            for (int group = 0; group < Toy4Block.Elements / Group; group++, a += Group, scale++)
            {
                sum += Products(row + Toy4Block.QuantsOffset + (group * GroupBytes), a) * *scale;
            }

            result += sum * Toy4Block.ReadScale(row);
        }

        return Vector128.Sum(result);
    }

    /// <summary>
    /// 16 bytes of even and odd columns' weights. As 16-bit lanes, activations have an even column in the low byte and an odd one in the high byte.
    /// Four products are at most 4 * 8 * 128, which fits 16 bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Products(byte* pairs, sbyte* a)
    {
        Vector128<byte> packed = Vector128.Load(pairs);
        var zero = Vector128.Create((sbyte)Toy4Block.Zero);
        (Vector128<short> even0, Vector128<short> even1) = Vector128.Widen((packed & Vector128.Create((byte)0xF)).AsSByte() - zero);
        (Vector128<short> odd0, Vector128<short> odd1) = Vector128.Widen((packed >> 4).AsSByte() - zero);
        Vector128<short> x0 = Vector128.Load((short*)a);
        Vector128<short> x1 = Vector128.Load((short*)a + 8);
        Vector128<short> sums = (even0 * ((x0 << 8) >> 8)) + (even1 * ((x1 << 8) >> 8)) + (odd0 * (x0 >> 8)) + (odd1 * (x1 >> 8));
        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(sums);
        return Vector128.ConvertToSingle(low + high);
    }

    private static void FourScalar(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        for (int t = 0; t < 4; t++)
        {
            y[(long)t * stride] = DotScalar(row, blocks, x, token + t);
        }
    }

    private static void FourVector128(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        for (int t = 0; t < 4; t++)
        {
            y[(long)t * stride] = DotVector128(row, blocks, x, token + t);
        }
    }
}
