using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Tessera.Numerics;

namespace Tessera.Quant.Q6K;

/// <summary>Portable 128-bit vectors: a sub-block of 16 weights is one vector, whose products are added as 16-bit integers (at most 2 * 32 * 127).</summary>
internal static unsafe partial class Q6KKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float DotVector128(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        var result = Vector128<float>.Zero;
        for (int i = 0; i < blocks; i++, row += Q6KBlock.Bytes)
        {
            sbyte* weightScales = (sbyte*)row + Q6KBlock.ScalesOffset;
            var block = Vector128<float>.Zero;
            for (int quarter = 0; quarter < 8; quarter++, weightScales += 2, quants += 32, scales++)
            {
                UnpackQuarter(row, quarter, out Vector128<sbyte> weights0, out Vector128<sbyte> weights1);
                block = AddQuarter(block, weights0, weights1, weightScales, quants, *scales);
            }

            result += block * Q6KBlock.ReadScale(row);
        }

        return SumLanes(result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotFourVector128(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        Vector128<float> result0 = Vector128<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        for (int i = 0; i < blocks; i++, row += Q6KBlock.Bytes)
        {
            sbyte* weightScales = (sbyte*)row + Q6KBlock.ScalesOffset;
            Vector128<float> block0 = Vector128<float>.Zero, block1 = block0, block2 = block0, block3 = block0;
            for (int quarter = 0; quarter < 8; quarter++, weightScales += 2, quants += 32, scales++)
            {
                UnpackQuarter(row, quarter, out Vector128<sbyte> weights0, out Vector128<sbyte> weights1);
                block0 = AddQuarter(block0, weights0, weights1, weightScales, quants, scales[0]);
                block1 = AddQuarter(block1, weights0, weights1, weightScales, quants + quantStride, scales[scaleStride]);
                block2 = AddQuarter(block2, weights0, weights1, weightScales, quants + (2 * quantStride), scales[2 * scaleStride]);
                block3 = AddQuarter(block3, weights0, weights1, weightScales, quants + (3 * quantStride), scales[3 * scaleStride]);
            }

            float d = Q6KBlock.ReadScale(row);
            result0 += block0 * d;
            result1 += block1 * d;
            result2 += block2 * d;
            result3 += block3 * d;
        }

        y[0] = SumLanes(result0);
        y[(nint)stride] = SumLanes(result1);
        y[2 * (nint)stride] = SumLanes(result2);
        y[3 * (nint)stride] = SumLanes(result3);
    }

    /// <summary>The weights of 32 columns; quarters are counted through both halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UnpackQuarter(byte* row, int quarter, out Vector128<sbyte> weights0, out Vector128<sbyte> weights1)
    {
        int half = quarter / 4;
        quarter %= 4;
        byte* low = row + (half * Q6KBlock.LowBytesPerHalf) + (quarter % 2 * 32);
        byte* high = row + Q6KBlock.HighBitsOffset + (half * Q6KBlock.HighBytesPerHalf);
        weights0 = Join(low, high, quarter);
        weights1 = Join(low + 16, high + 16, quarter);
    }

    /// <summary>Four bits of a byte and two above them; a shift of 16-bit lanes brings bits of a neighbour into a byte, but to other places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Join(byte* low, byte* high, int quarter)
    {
        Vector128<byte> lowBits = (Vector128.Load((ushort*)low) >> (quarter / 2 * 4)).AsByte() & Vector128.Create((byte)0xF);
        Vector128<byte> highBits = (Vector128.Load((ushort*)high) >> (quarter * 2)).AsByte() & Vector128.Create((byte)3);
        return (lowBits | (highBits.AsUInt16() << 4).AsByte()).AsSByte() - Vector128.Create((sbyte)Q6KBlock.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddQuarter(
        Vector128<float> sum, Vector128<sbyte> weights0, Vector128<sbyte> weights1, sbyte* weightScales, sbyte* quants, float scale)
    {
        Vector128<int> dots = (Dot(weights0, quants) * weightScales[0]) + (Dot(weights1, quants + 16) * weightScales[1]);
        return sum + (Vector128.ConvertToSingle(dots) * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Dot(Vector128<sbyte> weights, sbyte* quants)
    {
        Vector128<sbyte> x = Vector128.Load(quants);
        if (Dp.IsSupported)
        {
            return Dp.DotProduct(Vector128<int>.Zero, weights, x);
        }

        Vector128<short> products = (Vector128.WidenLower(weights) * Vector128.WidenLower(x)) + (Vector128.WidenUpper(weights) * Vector128.WidenUpper(x));
        return Vector128.WidenLower(products) + Vector128.WidenUpper(products);
    }

    /// <summary>The sum of four lanes in a fixed order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumLanes(Vector128<float> lanes)
    {
        lanes += Vector128.Shuffle(lanes, Vector128.Create(2, 3, 0, 1));
        return lanes.ToScalar() + lanes.GetElement(1);
    }
}
