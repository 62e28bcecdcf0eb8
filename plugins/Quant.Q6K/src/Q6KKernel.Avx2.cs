using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Q6K;

/// <summary>
/// 256 bits: a quarter of 32 columns, two sub-blocks, is one vector. Products of bytes are added in pairs to 16 bits, at most 2 * 63 * 127;
/// taking off 32 times the activations leaves the signed products exactly. Those times the two scales, in pairs, are 32-bit integers.
/// </summary>
internal static unsafe partial class Q6KKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float DotAvx2(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        var result = Vector256<float>.Zero;
        for (int i = 0; i < blocks; i++, row += Q6KBlock.Bytes)
        {
            var block = Vector256<float>.Zero;
            for (int half = 0; half < 2; half++, quants += 128, scales += 4)
            {
                LoadHalf(row, half, out Vector256<ushort> low0, out Vector256<ushort> low1, out Vector256<ushort> high, out Vector256<byte> weightScales);
                block = AddQuarter(block, Join(low0, high << 4), SelectScales(weightScales, 0), quants, scales);
                block = AddQuarter(block, Join(low1, high << 2), SelectScales(weightScales, 1), quants + 32, scales + 1);
                block = AddQuarter(block, Join(low0 >> 4, high), SelectScales(weightScales, 2), quants + 64, scales + 2);
                block = AddQuarter(block, Join(low1 >> 4, high >> 2), SelectScales(weightScales, 3), quants + 96, scales + 3);
            }

            result = Fma.MultiplyAdd(block, Vector256.Create(Q6KBlock.ReadScale(row)), result);
        }

        return SumLanes(result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotFourAvx2(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        Vector256<float> result0 = Vector256<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        for (int i = 0; i < blocks; i++, row += Q6KBlock.Bytes)
        {
            Vector256<float> block0 = Vector256<float>.Zero, block1 = block0, block2 = block0, block3 = block0;
            for (int half = 0; half < 2; half++)
            {
                LoadHalf(row, half, out Vector256<ushort> low0, out Vector256<ushort> low1, out Vector256<ushort> high, out Vector256<byte> weightScales);
                AddToFour(Join(low0, high << 4), SelectScales(weightScales, 0));
                AddToFour(Join(low1, high << 2), SelectScales(weightScales, 1));
                AddToFour(Join(low0 >> 4, high), SelectScales(weightScales, 2));
                AddToFour(Join(low1 >> 4, high >> 2), SelectScales(weightScales, 3));
            }

            Vector256<float> d = Vector256.Create(Q6KBlock.ReadScale(row));
            result0 = Fma.MultiplyAdd(block0, d, result0);
            result1 = Fma.MultiplyAdd(block1, d, result1);
            result2 = Fma.MultiplyAdd(block2, d, result2);
            result3 = Fma.MultiplyAdd(block3, d, result3);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            void AddToFour(Vector256<byte> weights, Vector256<short> scale)
            {
                block0 = AddQuarter(block0, weights, scale, quants, scales);
                block1 = AddQuarter(block1, weights, scale, quants + quantStride, scales + scaleStride);
                block2 = AddQuarter(block2, weights, scale, quants + (2 * quantStride), scales + (2 * scaleStride));
                block3 = AddQuarter(block3, weights, scale, quants + (3 * quantStride), scales + (3 * scaleStride));
                quants += 32;
                scales++;
            }
        }

        y[0] = SumLanes(result0);
        y[(nint)stride] = SumLanes(result1);
        y[2 * (nint)stride] = SumLanes(result2);
        y[3 * (nint)stride] = SumLanes(result3);
    }

    /// <summary>A half's bits, and its eight scales as 16-bit integers, all of them in each 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadHalf(
        byte* row, int half, out Vector256<ushort> low0, out Vector256<ushort> low1, out Vector256<ushort> high, out Vector256<byte> weightScales)
    {
        byte* low = row + (half * Q6KBlock.LowBytesPerHalf);
        low0 = Avx.LoadVector256((ushort*)low);
        low1 = Avx.LoadVector256((ushort*)(low + 32));
        high = Avx.LoadVector256((ushort*)(row + Q6KBlock.HighBitsOffset + (half * Q6KBlock.HighBytesPerHalf)));
        Vector128<byte> scales = Sse41.ConvertToVector128Int16((sbyte*)row + Q6KBlock.ScalesOffset + (half * 8)).AsByte();
        weightScales = Vector256.Create(scales, scales);
    }

    /// <summary>Four bits of a byte and two above them; a shift of 16-bit lanes brings bits of a neighbour into a byte, but to other places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Join(Vector256<ushort> low, Vector256<ushort> high) =>
        (low.AsByte() & Vector256.Create((byte)0xF)) | (high.AsByte() & Vector256.Create((byte)0x30));

    /// <summary>A quarter's two scales, each in the lanes of its sub-block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> SelectScales(Vector256<byte> scales, int quarter)
    {
        Vector256<byte> first = Vector256.Create(0x0100_0100_0100_0100, 0x0100_0100_0100_0100, 0x0302_0302_0302_0302, 0x0302_0302_0302_0302).AsByte();
        return Avx2.Shuffle(scales, first + Vector256.Create((byte)(4 * quarter))).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddQuarter(Vector256<float> sum, Vector256<byte> weights, Vector256<short> weightScales, sbyte* quants, float* scale)
    {
        Vector256<sbyte> x = Avx.LoadVector256(quants);
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(weights, x) - Avx2.MultiplyAddAdjacent(Vector256.Create((byte)Q6KBlock.Zero), x);
        Vector256<float> dots = Avx.ConvertToVector256Single(Avx2.MultiplyAddAdjacent(pairs, weightScales));
        return Fma.MultiplyAdd(dots, Avx.BroadcastScalarToVector256(scale), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumLanes(Vector256<float> lanes) => SumLanes(lanes.GetLower() + lanes.GetUpper());
}
