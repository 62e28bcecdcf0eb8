using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Tessera.Numerics;

namespace Tessera.Quant.Q4K;

/// <summary>Portable 128-bit vectors: a sub-block is two vectors of 16 weights, whose products are added as 16-bit integers (at most 4 * 15 * 127).</summary>
internal static unsafe partial class Q4KKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float DotVector128(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        var result = Vector128<float>.Zero;
        for (int i = 0; i < blocks; i++, row += Q4KBlock.Bytes, sums += 16)
        {
            Q4KBlock.UnpackScales(row, out ulong weightScales, out ulong minimums);
            result = SubtractMinimums(result, minimums, Q4KBlock.ReadMinimum(row), sums, scales);
            var block = Vector128<float>.Zero;
            for (int sub = 0; sub < Q4KBlock.SubBlocks; sub++, weightScales >>= 8, quants += 32, scales++)
            {
                UnpackSubBlock(row, sub, out Vector128<byte> weights0, out Vector128<byte> weights1);
                block = AddSubBlock(block, weights0, weights1, (byte)weightScales, quants, *scales);
            }

            result += block * Q4KBlock.ReadScale(row);
        }

        return SumLanes(result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotFourVector128(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32, sumStride = quantStride / 16;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        Vector128<float> result0 = Vector128<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        for (int i = 0; i < blocks; i++, row += Q4KBlock.Bytes, sums += 16)
        {
            Q4KBlock.UnpackScales(row, out ulong weightScales, out ulong minimums);
            float dmin = Q4KBlock.ReadMinimum(row);
            result0 = SubtractMinimums(result0, minimums, dmin, sums, scales);
            result1 = SubtractMinimums(result1, minimums, dmin, sums + sumStride, scales + scaleStride);
            result2 = SubtractMinimums(result2, minimums, dmin, sums + (2 * sumStride), scales + (2 * scaleStride));
            result3 = SubtractMinimums(result3, minimums, dmin, sums + (3 * sumStride), scales + (3 * scaleStride));
            Vector128<float> block0 = Vector128<float>.Zero, block1 = block0, block2 = block0, block3 = block0;
            for (int sub = 0; sub < Q4KBlock.SubBlocks; sub++, weightScales >>= 8, quants += 32, scales++)
            {
                UnpackSubBlock(row, sub, out Vector128<byte> weights0, out Vector128<byte> weights1);
                int scale = (byte)weightScales;
                block0 = AddSubBlock(block0, weights0, weights1, scale, quants, scales[0]);
                block1 = AddSubBlock(block1, weights0, weights1, scale, quants + quantStride, scales[scaleStride]);
                block2 = AddSubBlock(block2, weights0, weights1, scale, quants + (2 * quantStride), scales[2 * scaleStride]);
                block3 = AddSubBlock(block3, weights0, weights1, scale, quants + (3 * quantStride), scales[3 * scaleStride]);
            }

            float d = Q4KBlock.ReadScale(row);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UnpackSubBlock(byte* row, int sub, out Vector128<byte> weights0, out Vector128<byte> weights1)
    {
        byte* packed = row + Q4KBlock.QuantsOffset + (sub / 2 * Q4KBlock.SubBlockElements);
        int shift = sub % 2 * 4;
        weights0 = (Vector128.Load((ushort*)packed) >> shift).AsByte() & Vector128.Create((byte)0xF);
        weights1 = (Vector128.Load((ushort*)(packed + 16)) >> shift).AsByte() & Vector128.Create((byte)0xF);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddSubBlock(
        Vector128<float> sum, Vector128<byte> weights0, Vector128<byte> weights1, int weightScale, sbyte* quants, float scale)
    {
        Vector128<sbyte> x0 = Vector128.Load(quants);
        Vector128<sbyte> x1 = Vector128.Load(quants + 16);
        Vector128<int> dots;
        if (Dp.IsSupported)
        {
            dots = Dp.DotProduct(Dp.DotProduct(Vector128<int>.Zero, weights0.AsSByte(), x0), weights1.AsSByte(), x1);
        }
        else
        {
            Vector128<short> products = Multiply(weights0, x0) + Multiply(weights1, x1);
            dots = Vector128.WidenLower(products) + Vector128.WidenUpper(products);
        }

        return sum + (Vector128.ConvertToSingle(dots * weightScale) * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Multiply(Vector128<byte> weights, Vector128<sbyte> x) =>
        (Vector128.WidenLower(weights).AsInt16() * Vector128.WidenLower(x)) + (Vector128.WidenUpper(weights).AsInt16() * Vector128.WidenUpper(x));

    /// <summary>A lane per sub-block: <c>dmin * minimum * (activation scale * sum of the activations' integers)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> SubtractMinimums(Vector128<float> sum, ulong minimums, float dmin, short* sums, float* scales)
    {
        Vector128<ushort> all = Vector128.WidenLower(Vector128.CreateScalar(minimums).AsByte());
        Vector128<int> first = Vector128.WidenLower(all).AsInt32() * AddPairs(Vector128.Load(sums));
        Vector128<int> second = Vector128.WidenUpper(all).AsInt32() * AddPairs(Vector128.Load(sums + 8));
        Vector128<float> scaled = (Vector128.ConvertToSingle(first) * Vector128.Load(scales))
            + (Vector128.ConvertToSingle(second) * Vector128.Load(scales + 4));
        return sum - (scaled * dmin);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddPairs(Vector128<short> sums) => ((sums.AsInt32() << 16) >> 16) + (sums.AsInt32() >> 16);

    /// <summary>The sum of four lanes in a fixed order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumLanes(Vector128<float> lanes)
    {
        lanes += Vector128.Shuffle(lanes, Vector128.Create(2, 3, 0, 1));
        return lanes.ToScalar() + lanes.GetElement(1);
    }
}
