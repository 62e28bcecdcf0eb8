using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Q5K;

/// <summary>
/// 256 bits: a sub-block of 32 weights is one vector. Byte products are added in pairs to 16 bits (at most 2 * 31 * 127), pairs of those
/// times the sub-block's scale to 32 bits, exactly; from there on it is floating point.
/// </summary>
internal static unsafe partial class Q5KKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float DotAvx2(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        var result = Vector256<float>.Zero;
        for (int i = 0; i < blocks; i++, row += Q5KBlock.Bytes, sums += 16)
        {
            Vector256<byte> weightScales = UnpackScalesAvx2(row, out Vector256<short> minimums);
            Vector256<byte> select = Vector256.Create((ushort)0x0100).AsByte();
            result = SubtractMinimums(result, minimums, Q5KBlock.ReadMinimum(row), sums, scales);
            var block = Vector256<float>.Zero;
            Vector256<ushort> high = Avx.LoadVector256((ushort*)(row + Q5KBlock.HighBitsOffset));
            for (int group = 0; group < 4; group++, quants += 64, scales += 2, high >>= 2)
            {
                Vector256<ushort> packed = Avx.LoadVector256((ushort*)(row + Q5KBlock.QuantsOffset) + (group * 16));
                block = AddSubBlock(block, Join(packed, high << 4), NextScale(weightScales, ref select), quants, scales);
                block = AddSubBlock(block, Join(packed >> 4, high << 3), NextScale(weightScales, ref select), quants + 32, scales + 1);
            }

            result = Fma.MultiplyAdd(block, Vector256.Create(Q5KBlock.ReadScale(row)), result);
        }

        return SumLanes(result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotFourAvx2(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32, sumStride = quantStride / 16;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        Vector256<float> result0 = Vector256<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        for (int i = 0; i < blocks; i++, row += Q5KBlock.Bytes, sums += 16)
        {
            Vector256<byte> weightScales = UnpackScalesAvx2(row, out Vector256<short> minimums);
            Vector256<byte> select = Vector256.Create((ushort)0x0100).AsByte();
            float dmin = Q5KBlock.ReadMinimum(row);
            result0 = SubtractMinimums(result0, minimums, dmin, sums, scales);
            result1 = SubtractMinimums(result1, minimums, dmin, sums + sumStride, scales + scaleStride);
            result2 = SubtractMinimums(result2, minimums, dmin, sums + (2 * sumStride), scales + (2 * scaleStride));
            result3 = SubtractMinimums(result3, minimums, dmin, sums + (3 * sumStride), scales + (3 * scaleStride));
            Vector256<float> block0 = Vector256<float>.Zero, block1 = block0, block2 = block0, block3 = block0;
            Vector256<ushort> high = Avx.LoadVector256((ushort*)(row + Q5KBlock.HighBitsOffset));
            for (int group = 0; group < 4; group++, quants += 64, scales += 2, high >>= 2)
            {
                Vector256<ushort> packed = Avx.LoadVector256((ushort*)(row + Q5KBlock.QuantsOffset) + (group * 16));
                Vector256<byte> weights = Join(packed, high << 4);
                Vector256<short> scale = NextScale(weightScales, ref select);
                block0 = AddSubBlock(block0, weights, scale, quants, scales);
                block1 = AddSubBlock(block1, weights, scale, quants + quantStride, scales + scaleStride);
                block2 = AddSubBlock(block2, weights, scale, quants + (2 * quantStride), scales + (2 * scaleStride));
                block3 = AddSubBlock(block3, weights, scale, quants + (3 * quantStride), scales + (3 * scaleStride));
                weights = Join(packed >> 4, high << 3);
                scale = NextScale(weightScales, ref select);
                block0 = AddSubBlock(block0, weights, scale, quants + 32, scales + 1);
                block1 = AddSubBlock(block1, weights, scale, quants + quantStride + 32, scales + scaleStride + 1);
                block2 = AddSubBlock(block2, weights, scale, quants + (2 * quantStride) + 32, scales + (2 * scaleStride) + 1);
                block3 = AddSubBlock(block3, weights, scale, quants + (3 * quantStride) + 32, scales + (3 * scaleStride) + 1);
            }

            Vector256<float> d = Vector256.Create(Q5KBlock.ReadScale(row));
            result0 = Fma.MultiplyAdd(block0, d, result0);
            result1 = Fma.MultiplyAdd(block1, d, result1);
            result2 = Fma.MultiplyAdd(block2, d, result2);
            result3 = Fma.MultiplyAdd(block3, d, result3);
        }

        y[0] = SumLanes(result0);
        y[(nint)stride] = SumLanes(result1);
        y[2 * (nint)stride] = SumLanes(result2);
        y[3 * (nint)stride] = SumLanes(result3);
    }

    /// <summary>The scales as 16-bit integers, all eight in each half, and the minimums as <c>m0 m0 m1 m1 ...</c>, as the sums of 16 columns are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> UnpackScalesAvx2(byte* row, out Vector256<short> minimums)
    {
        Q5KBlock.UnpackScales(row, out ulong scaleBytes, out ulong minimumBytes);
        Vector128<byte> minimum = Vector128.CreateScalar(minimumBytes).AsByte();
        minimums = Avx2.ConvertToVector256Int16(Sse2.UnpackLow(minimum, minimum));
        Vector128<byte> scale = Sse41.ConvertToVector128Int16(Vector128.CreateScalar(scaleBytes).AsByte()).AsByte();
        return Vector256.Create(scale, scale);
    }

    /// <summary>The selected sub-block's scale in all lanes; the next one is selected.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> NextScale(Vector256<byte> scales, ref Vector256<byte> select)
    {
        Vector256<short> scale = Avx2.Shuffle(scales, select).AsInt16();
        select += Vector256.Create((byte)2);
        return scale;
    }

    /// <summary>Four bits of a byte and a fifth one; a shift of 16-bit lanes brings bits of a neighbour into a byte, but to other places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Join(Vector256<ushort> nibbles, Vector256<ushort> bitsFour) =>
        (nibbles.AsByte() & Vector256.Create((byte)0xF)) | (bitsFour.AsByte() & Vector256.Create((byte)0x10));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddSubBlock(Vector256<float> sum, Vector256<byte> weights, Vector256<short> weightScale, sbyte* quants, float* scale)
    {
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(weights, Avx.LoadVector256(quants));
        Vector256<float> dots = Avx.ConvertToVector256Single(Avx2.MultiplyAddAdjacent(pairs, weightScale));
        return Fma.MultiplyAdd(dots, Avx.BroadcastScalarToVector256(scale), sum);
    }

    /// <summary>A lane per sub-block: <c>dmin * minimum * (activation scale * sum of the activations' integers)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> SubtractMinimums(Vector256<float> sum, Vector256<short> minimums, float dmin, short* sums, float* scales)
    {
        Vector256<float> scaled = Avx.ConvertToVector256Single(Avx2.MultiplyAddAdjacent(minimums, Avx.LoadVector256(sums)));
        return Fma.MultiplyAddNegated(scaled * Avx.LoadVector256(scales), Vector256.Create(dmin), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumLanes(Vector256<float> lanes) => SumLanes(lanes.GetLower() + lanes.GetUpper());
}
