using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Q5K;

/// <summary>512 bits: two sub-blocks, the low and the high nibbles of 32 bytes, are one vector of 64 columns in order.</summary>
internal static unsafe partial class Q5KKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float DotAvx512(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        var result = Vector512<float>.Zero;
        var minimumResult = Vector256<float>.Zero;
        for (int i = 0; i < blocks; i++, row += Q5KBlock.Bytes, scales += 8, sums += 16)
        {
            Vector512<short> weightScales = UnpackScalesAvx2(row, out Vector256<short> minimums).AsInt16().ToVector512Unsafe();
            minimumResult = SubtractMinimums(minimumResult, minimums, Q5KBlock.ReadMinimum(row), sums, scales);
            Vector512<short> select = FirstPair();
            var block = Vector512<float>.Zero;
            Vector512<ushort> high = LoadHighBits(row);
            for (int group = 0; group < 4; group++, quants += 64, high >>= 2)
            {
                Vector512<byte> weights = UnpackPair(row, group, high);
                Vector512<short> weightScale = Avx512BW.PermuteVar32x16(weightScales, select);
                block = AddPair(block, weights, weightScale, select, quants, scales);
                select += Vector512.Create((short)2);
            }

            result = Avx512F.FusedMultiplyAdd(block, Vector512.Create(Q5KBlock.ReadScale(row)), result);
        }

        return SumLanes(result, minimumResult);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotFourAvx512(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32, sumStride = quantStride / 16;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        Vector512<float> result0 = Vector512<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        Vector256<float> minimum0 = Vector256<float>.Zero, minimum1 = minimum0, minimum2 = minimum0, minimum3 = minimum0;
        for (int i = 0; i < blocks; i++, row += Q5KBlock.Bytes, scales += 8, sums += 16)
        {
            Vector512<short> weightScales = UnpackScalesAvx2(row, out Vector256<short> minimums).AsInt16().ToVector512Unsafe();
            float dmin = Q5KBlock.ReadMinimum(row);
            minimum0 = SubtractMinimums(minimum0, minimums, dmin, sums, scales);
            minimum1 = SubtractMinimums(minimum1, minimums, dmin, sums + sumStride, scales + scaleStride);
            minimum2 = SubtractMinimums(minimum2, minimums, dmin, sums + (2 * sumStride), scales + (2 * scaleStride));
            minimum3 = SubtractMinimums(minimum3, minimums, dmin, sums + (3 * sumStride), scales + (3 * scaleStride));
            Vector512<short> select = FirstPair();
            Vector512<float> block0 = Vector512<float>.Zero, block1 = block0, block2 = block0, block3 = block0;
            Vector512<ushort> high = LoadHighBits(row);
            for (int group = 0; group < 4; group++, quants += 64, high >>= 2)
            {
                Vector512<byte> weights = UnpackPair(row, group, high);
                Vector512<short> weightScale = Avx512BW.PermuteVar32x16(weightScales, select);
                block0 = AddPair(block0, weights, weightScale, select, quants, scales);
                block1 = AddPair(block1, weights, weightScale, select, quants + quantStride, scales + scaleStride);
                block2 = AddPair(block2, weights, weightScale, select, quants + (2 * quantStride), scales + (2 * scaleStride));
                block3 = AddPair(block3, weights, weightScale, select, quants + (3 * quantStride), scales + (3 * scaleStride));
                select += Vector512.Create((short)2);
            }

            Vector512<float> d = Vector512.Create(Q5KBlock.ReadScale(row));
            result0 = Avx512F.FusedMultiplyAdd(block0, d, result0);
            result1 = Avx512F.FusedMultiplyAdd(block1, d, result1);
            result2 = Avx512F.FusedMultiplyAdd(block2, d, result2);
            result3 = Avx512F.FusedMultiplyAdd(block3, d, result3);
        }

        y[0] = SumLanes(result0, minimum0);
        y[(nint)stride] = SumLanes(result1, minimum1);
        y[2 * (nint)stride] = SumLanes(result2, minimum2);
        y[3 * (nint)stride] = SumLanes(result3, minimum3);
    }

    /// <summary>
    /// The lanes' sub-block, 0 in the lower half and 1 in the upper one. As 16-bit indices they select weight scales; as 32-bit ones, of which
    /// only the lowest four bits count, they select activation scales.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> FirstPair() =>
        Vector512.Create(0, 0, 0, 0, 0x0001_0001_0001_0001, 0x0001_0001_0001_0001, 0x0001_0001_0001_0001, 0x0001_0001_0001_0001).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> UnpackPair(byte* row, int group, Vector512<ushort> high)
    {
        Vector256<ushort> packed = Avx.LoadVector256((ushort*)(row + Q5KBlock.QuantsOffset) + (group * 16));
        Vector512<byte> nibbles = packed.ToVector512Unsafe().WithUpper(packed >> 4).AsByte() & Vector512.Create((byte)0xF);
        return nibbles | ((high << 4).AsByte() & Vector512.Create((byte)0x10));
    }

    /// <summary>Bit 0 of each byte is the fifth bit of the first pair's weights, bit 2 the second's, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> LoadHighBits(byte* row)
    {
        Vector256<ushort> high = Avx.LoadVector256((ushort*)(row + Q5KBlock.HighBitsOffset));
        return high.ToVector512Unsafe().WithUpper(high >> 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddPair(
        Vector512<float> sum, Vector512<byte> weights, Vector512<short> weightScale, Vector512<short> select, sbyte* quants, float* scales)
    {
        Vector512<short> pairs = Avx512BW.MultiplyAddAdjacent(weights, Avx512BW.LoadVector512(quants));
        Vector512<float> dots = Avx512F.ConvertToVector512Single(Avx512BW.MultiplyAddAdjacent(pairs, weightScale));
        Vector512<float> scale = Avx512F.PermuteVar16x32(Avx.LoadVector256(scales).ToVector512Unsafe(), select.AsInt32());
        return Avx512F.FusedMultiplyAdd(dots, scale, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumLanes(Vector512<float> lanes, Vector256<float> minimums) => SumLanes(lanes.GetLower() + lanes.GetUpper() + minimums);
}
