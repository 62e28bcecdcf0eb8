using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Q6K;

/// <summary>512 bits: two quarters, four sub-blocks, are one vector of 64 columns in order; a block has four of them.</summary>
internal static unsafe partial class Q6KKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float DotAvx512(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        var result = Vector512<float>.Zero;
        for (int i = 0; i < blocks; i++, row += Q6KBlock.Bytes, quants += 256, scales += 8)
        {
            Vector512<short> weightScales = LoadScalesAvx512(row);
            UnpackHalf(row, 0, out Vector512<byte> weights0, out Vector512<byte> weights1);
            Vector512<float> block = AddPair(Vector512<float>.Zero, weights0, SelectScales512(weightScales, 0), 0, quants, scales);
            block = AddPair(block, weights1, SelectScales512(weightScales, 1), 1, quants + 64, scales);
            UnpackHalf(row, 1, out weights0, out weights1);
            block = AddPair(block, weights0, SelectScales512(weightScales, 2), 2, quants + 128, scales);
            block = AddPair(block, weights1, SelectScales512(weightScales, 3), 3, quants + 192, scales);
            result = Avx512F.FusedMultiplyAdd(block, Vector512.Create(Q6KBlock.ReadScale(row)), result);
        }

        return SumLanes(result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotFourAvx512(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        Vector512<float> result0 = Vector512<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        for (int i = 0; i < blocks; i++, row += Q6KBlock.Bytes, quants += 256, scales += 8)
        {
            Vector512<float> block0 = Vector512<float>.Zero, block1 = block0, block2 = block0, block3 = block0;
            Vector512<short> weightScales = LoadScalesAvx512(row);
            UnpackHalf(row, 0, out Vector512<byte> weights0, out Vector512<byte> weights1);
            AddToFour(weights0, SelectScales512(weightScales, 0), 0);
            AddToFour(weights1, SelectScales512(weightScales, 1), 1);
            UnpackHalf(row, 1, out weights0, out weights1);
            AddToFour(weights0, SelectScales512(weightScales, 2), 2);
            AddToFour(weights1, SelectScales512(weightScales, 3), 3);
            Vector512<float> d = Vector512.Create(Q6KBlock.ReadScale(row));
            result0 = Avx512F.FusedMultiplyAdd(block0, d, result0);
            result1 = Avx512F.FusedMultiplyAdd(block1, d, result1);
            result2 = Avx512F.FusedMultiplyAdd(block2, d, result2);
            result3 = Avx512F.FusedMultiplyAdd(block3, d, result3);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            void AddToFour(Vector512<byte> weights, Vector512<short> scale, int pair)
            {
                sbyte* first = quants + (pair * 64);
                block0 = AddPair(block0, weights, scale, pair, first, scales);
                block1 = AddPair(block1, weights, scale, pair, first + quantStride, scales + scaleStride);
                block2 = AddPair(block2, weights, scale, pair, first + (2 * quantStride), scales + (2 * scaleStride));
                block3 = AddPair(block3, weights, scale, pair, first + (3 * quantStride), scales + (3 * scaleStride));
            }
        }

        y[0] = SumLanes(result0);
        y[(nint)stride] = SumLanes(result1);
        y[2 * (nint)stride] = SumLanes(result2);
        y[3 * (nint)stride] = SumLanes(result3);
    }

    /// <summary>The low nibbles of 64 bytes are quarters 0 and 1, the high ones 2 and 3; so are the pairs of bits of 32 bytes, from bit 0 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UnpackHalf(byte* row, int half, out Vector512<byte> weights0, out Vector512<byte> weights1)
    {
        Vector512<ushort> low = Avx512BW.LoadVector512((ushort*)(row + (half * Q6KBlock.LowBytesPerHalf)));
        Vector256<ushort> bits = Avx.LoadVector256((ushort*)(row + Q6KBlock.HighBitsOffset + (half * Q6KBlock.HighBytesPerHalf)));
        Vector512<ushort> high = bits.ToVector512Unsafe().WithUpper(bits >> 2);
        weights0 = (low.AsByte() & Vector512.Create((byte)0xF)) | ((high << 4).AsByte() & Vector512.Create((byte)0x30));
        weights1 = ((low >> 4).AsByte() & Vector512.Create((byte)0xF)) | (high.AsByte() & Vector512.Create((byte)0x30));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> LoadScalesAvx512(byte* row) => Avx2.ConvertToVector256Int16((sbyte*)row + Q6KBlock.ScalesOffset).ToVector512Unsafe();

    /// <summary>A pair's four scales, each in the lanes of its sub-block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> SelectScales512(Vector512<short> scales, int pair)
    {
        Vector512<short> first = Vector512.Create(
            0, 0, 0x0001_0001_0001_0001, 0x0001_0001_0001_0001, 0x0002_0002_0002_0002,
            0x0002_0002_0002_0002, 0x0003_0003_0003_0003, 0x0003_0003_0003_0003).AsInt16();
        return Avx512BW.PermuteVar32x16(scales, first + Vector512.Create((short)(4 * pair)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddPair(
        Vector512<float> sum, Vector512<byte> weights, Vector512<short> weightScales, int pair, sbyte* quants, float* scales)
    {
        Vector512<sbyte> x = Avx512BW.LoadVector512(quants);
        Vector512<short> pairs = Avx512BW.MultiplyAddAdjacent(weights, x) - Avx512BW.MultiplyAddAdjacent(Vector512.Create((byte)Q6KBlock.Zero), x);
        Vector512<float> dots = Avx512F.ConvertToVector512Single(Avx512BW.MultiplyAddAdjacent(pairs, weightScales));
        Vector512<int> quarters = Vector512.Create(0, 0, 0, 0, 0x1_0000_0001, 0x1_0000_0001, 0x1_0000_0001, 0x1_0000_0001).AsInt32()
            + Vector512.Create(2 * pair);
        Vector512<float> scale = Avx512F.PermuteVar16x32(Avx.LoadVector256(scales).ToVector512Unsafe(), quarters);
        return Avx512F.FusedMultiplyAdd(dots, scale, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumLanes(Vector512<float> lanes) => SumLanes(lanes.GetLower() + lanes.GetUpper());
}
