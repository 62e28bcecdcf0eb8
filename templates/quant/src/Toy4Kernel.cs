using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Company.Plugin;

/// <summary>
/// Dot products of a row with tokens of Q8 activations: signed bytes with a scale per 32 columns. For one token and for four, with the same bits.
/// Write more for wider vectors (<c>SimdLevel.Avx2</c>, <c>Avx512</c>), each in a file of its own; the conformance tests compare them with the scalar one.
/// </summary>
internal static unsafe class Toy4Kernel
{
    public static RowKernel For(SimdLevel level) =>
        level == SimdLevel.Scalar
            ? new RowKernel(&DotScalar, &FourScalar) { Simd = SimdLevel.Scalar }
            : new RowKernel(&DotVector128, &FourVector128) { Simd = SimdLevel.Vector128 };

    private static float DotScalar(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* a = x.QuantsOf(token);
        float result = 0;
        for (int i = 0; i < blocks; i++, row += Toy4Block.Bytes, a += Toy4Block.Elements)
        {
            int dot = 0;
            for (int c = 0; c < Toy4Block.Elements; c += 2)
            {
                int pair = row[Toy4Block.QuantsOffset + (c / 2)];
                dot += (((pair & 0xF) - Toy4Block.Zero) * a[c]) + (((pair >> 4) - Toy4Block.Zero) * a[c + 1]);
            }

            result += Toy4Block.ReadScale(row) * x.ScalesOf(token)[i] * dot;
        }

        return result;
    }

    private static float DotVector128(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* a = x.QuantsOf(token);
        var result = Vector128<float>.Zero;
        for (int i = 0; i < blocks; i++, row += Toy4Block.Bytes, a += Toy4Block.Elements)
        {
            result += Block(row, a) * (Toy4Block.ReadScale(row) * x.ScalesOf(token)[i]);
        }

        return Vector128.Sum(result);
    }

    /// <summary>
    /// 16 bytes of even and odd columns' weights. As 16-bit lanes, activations have an even column in the low byte and an odd one in the high byte.
    /// Four products are at most 4 * 8 * 128, which fits 16 bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Block(byte* row, sbyte* a)
    {
        Vector128<byte> packed = Vector128.Load(row + Toy4Block.QuantsOffset);
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
