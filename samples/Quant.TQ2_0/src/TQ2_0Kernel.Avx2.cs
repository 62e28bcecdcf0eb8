using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Quant.TQ2_0;

/// <summary>
/// 256 bits: a sub-block of 32 weights is one vector. The multiplication wants one unsigned side, so q is multiplied, from 0 to 3, and the same sums
/// with q = 1 are taken off: still integers, so nothing is lost.
/// </summary>
internal static unsafe partial class TQ2_0Kernel
{
    public static float DotAvx2(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        var result = Vector256<float>.Zero;
        for (int i = 0; i < blocks; i++, row += TQ2_0Block.Bytes)
        {
            var block = Vector256<float>.Zero;
            for (int sub = 0; sub < 8; sub++, quants += 32, scales++)
            {
                block = Add(block, UnpackAvx2(row, sub), quants, scales);
            }

            result = Fma.MultiplyAdd(block, Vector256.Create(TQ2_0Block.ReadScale(row)), result);
        }

        return Vector256.Sum(result);
    }

    public static void DotFourAvx2(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        Vector256<float> result0 = Vector256<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        for (int i = 0; i < blocks; i++, row += TQ2_0Block.Bytes)
        {
            Vector256<float> block0 = Vector256<float>.Zero, block1 = block0, block2 = block0, block3 = block0;
            for (int sub = 0; sub < 8; sub++, quants += 32, scales++)
            {
                Vector256<byte> q = UnpackAvx2(row, sub);
                block0 = Add(block0, q, quants, scales);
                block1 = Add(block1, q, quants + quantStride, scales + scaleStride);
                block2 = Add(block2, q, quants + (2 * quantStride), scales + (2 * scaleStride));
                block3 = Add(block3, q, quants + (3 * quantStride), scales + (3 * scaleStride));
            }

            Vector256<float> d = Vector256.Create(TQ2_0Block.ReadScale(row));
            result0 = Fma.MultiplyAdd(block0, d, result0);
            result1 = Fma.MultiplyAdd(block1, d, result1);
            result2 = Fma.MultiplyAdd(block2, d, result2);
            result3 = Fma.MultiplyAdd(block3, d, result3);
        }

        y[0] = Vector256.Sum(result0);
        y[(nint)stride] = Vector256.Sum(result1);
        y[2 * (nint)stride] = Vector256.Sum(result2);
        y[3 * (nint)stride] = Vector256.Sum(result3);
    }

    /// <summary>q of 32 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> UnpackAvx2(byte* row, int sub)
    {
        Vector256<ushort> packed = Vector256.Load((ushort*)(row + (sub / TQ2_0Block.SubBlocksPerGroup * TQ2_0Block.GroupBytes)));
        return (packed >> (2 * (sub % TQ2_0Block.SubBlocksPerGroup))).AsByte() & Vector256.Create((byte)3);
    }

    /// <summary>Pairs of products are at most 2 * 3 * 127 and stay far within 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(Vector256<float> sum, Vector256<byte> q, sbyte* quants, float* scale)
    {
        Vector256<sbyte> x = Vector256.Load(quants);
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(q, x) - Avx2.MultiplyAddAdjacent(Vector256<byte>.One, x);
        Vector256<int> dots = Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
        return Fma.MultiplyAdd(Vector256.ConvertToSingle(dots), Vector256.Create(*scale), sum);
    }
}
