using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Numerics;

namespace Quant.TQ2_0;

/// <summary>Portable 128-bit vectors: half a sub-block is one vector. Four products together are at most 4 * 2 * 127, far within 16 bits.</summary>
internal static unsafe partial class TQ2_0Kernel
{
    public static float DotVector128(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        var result = Vector128<float>.Zero;
        for (int i = 0; i < blocks; i++, row += TQ2_0Block.Bytes)
        {
            var block = Vector128<float>.Zero;
            for (int sub = 0; sub < 8; sub++, quants += 32, scales++)
            {
                (Vector128<sbyte> low, Vector128<sbyte> high) = UnpackVector128(row, sub);
                block = Add(block, low, high, quants, *scales);
            }

            result += block * TQ2_0Block.ReadScale(row);
        }

        return Vector128.Sum(result);
    }

    public static void DotFourVector128(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        Vector128<float> result0 = Vector128<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        for (int i = 0; i < blocks; i++, row += TQ2_0Block.Bytes)
        {
            Vector128<float> block0 = Vector128<float>.Zero, block1 = block0, block2 = block0, block3 = block0;
            for (int sub = 0; sub < 8; sub++, quants += 32, scales++)
            {
                (Vector128<sbyte> low, Vector128<sbyte> high) = UnpackVector128(row, sub);
                block0 = Add(block0, low, high, quants, scales[0]);
                block1 = Add(block1, low, high, quants + quantStride, scales[scaleStride]);
                block2 = Add(block2, low, high, quants + (2 * quantStride), scales[2 * scaleStride]);
                block3 = Add(block3, low, high, quants + (3 * quantStride), scales[3 * scaleStride]);
            }

            float d = TQ2_0Block.ReadScale(row);
            result0 += block0 * d;
            result1 += block1 * d;
            result2 += block2 * d;
            result3 += block3 * d;
        }

        y[0] = Vector128.Sum(result0);
        y[(nint)stride] = Vector128.Sum(result1);
        y[2 * (nint)stride] = Vector128.Sum(result2);
        y[3 * (nint)stride] = Vector128.Sum(result3);
    }

    /// <summary>The weights of 32 columns, -1 to 2. A shift of 16-bit lanes brings a neighbour's bits into a byte, but to other places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<sbyte> Low, Vector128<sbyte> High) UnpackVector128(byte* row, int sub)
    {
        ushort* packed = (ushort*)(row + (sub / TQ2_0Block.SubBlocksPerGroup * TQ2_0Block.GroupBytes));
        int shift = 2 * (sub % TQ2_0Block.SubBlocksPerGroup);
        Vector128<byte> three = Vector128.Create((byte)3);
        Vector128<byte> low = (Vector128.Load(packed) >> shift).AsByte() & three;
        Vector128<byte> high = (Vector128.Load(packed + 8) >> shift).AsByte() & three;
        return (low.AsSByte() - Vector128<sbyte>.One, high.AsSByte() - Vector128<sbyte>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Add(Vector128<float> sum, Vector128<sbyte> low, Vector128<sbyte> high, sbyte* quants, float scale)
    {
        (Vector128<short> w0, Vector128<short> w1) = Vector128.Widen(low);
        (Vector128<short> w2, Vector128<short> w3) = Vector128.Widen(high);
        (Vector128<short> x0, Vector128<short> x1) = Vector128.Widen(Vector128.Load(quants));
        (Vector128<short> x2, Vector128<short> x3) = Vector128.Widen(Vector128.Load(quants + 16));
        (Vector128<int> d0, Vector128<int> d1) = Vector128.Widen((w0 * x0) + (w1 * x1) + (w2 * x2) + (w3 * x3));
        return sum + (Vector128.ConvertToSingle(d0 + d1) * scale);
    }
}
