using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Q6K;

/// <summary>
/// 512 bits: 16 rows of four columns. The weights of two sub-blocks, which share a scale of the activations, are unpacked into eight registers, then each
/// token passes by: its four bytes of a step go to all rows, byte products of two steps are added in 16 bits (at most 4 * 63 * 127 = 32004), and a
/// multiplication with the scale widens them. A fifth such multiplication takes off what the weights' zero adds. The sum of all is exact, below 2^26;
/// from there on it is floating point, in an order that no tile changes.
/// </summary>
internal static unsafe partial class Q6KPanelKernel
{
    private const int StepBytes = 64;

    public static void MultiplyAvx512(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        switch (count)
        {
            case 1: MultiplyAvx512<TokenCount.One>(panel, blocks, x, token, y, stride); break;
            case 2: MultiplyAvx512<TokenCount.Two>(panel, blocks, x, token, y, stride); break;
            case 3: MultiplyAvx512<TokenCount.Three>(panel, blocks, x, token, y, stride); break;
            case 4: MultiplyAvx512<TokenCount.Four>(panel, blocks, x, token, y, stride); break;
            case 5: MultiplyAvx512<TokenCount.Five>(panel, blocks, x, token, y, stride); break;
            case 6: MultiplyAvx512<TokenCount.Six>(panel, blocks, x, token, y, stride); break;
            case 7: MultiplyAvx512<TokenCount.Seven>(panel, blocks, x, token, y, stride); break;
            default: MultiplyAvx512<TokenCount.Eight>(panel, blocks, x, token, y, stride); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyAvx512<TCount>(byte* panel, int blocks, in ActivationBatch x, int token, float* y, int stride)
        where TCount : struct, ITokenCount
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32;
        sbyte* x0 = x.QuantsOf(token), x1 = x0 + quantStride, x2 = x1 + quantStride, x3 = x2 + quantStride;
        sbyte* x4 = x3 + quantStride, x5 = x4 + quantStride, x6 = x5 + quantStride, x7 = x6 + quantStride;
        float* scales = x.ScalesOf(token);
        int* sums = (int*)x.SumsOf(token);
        nint column = 0;
        Vector512<float> y0 = Vector512<float>.Zero, y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
        for (int i = 0; i < blocks; i++)
        {
            Vector512<float> b0 = Vector512<float>.Zero, b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0, b6 = b0, b7 = b0;
            byte* ahead = panel;
            for (nint quarter = 0; quarter < Q6KBlock.Elements / 32; quarter++, column += 32, sums++, scales++)
            {
                byte* low = panel + ((quarter >> 2) * 16 * StepBytes) + ((quarter & 1) * 8 * StepBytes);
                byte* high = panel + Q6KPanel.HighBitsOffset + ((quarter >> 2) * 8 * StepBytes);
                Vector128<int> lowShift = Vector128.CreateScalar((int)(quarter & 2) * 2), highShift = Vector128.CreateScalar((int)(quarter & 3) * 2);
                Vector512<byte> w0 = Unpack(low, high, lowShift, highShift);
                Vector512<byte> w1 = Unpack(low + StepBytes, high + StepBytes, lowShift, highShift);
                Vector512<byte> w2 = Unpack(low + (2 * StepBytes), high + (2 * StepBytes), lowShift, highShift);
                Vector512<byte> w3 = Unpack(low + (3 * StepBytes), high + (3 * StepBytes), lowShift, highShift);
                Vector512<byte> w4 = Unpack(low + (4 * StepBytes), high + (4 * StepBytes), lowShift, highShift);
                Vector512<byte> w5 = Unpack(low + (5 * StepBytes), high + (5 * StepBytes), lowShift, highShift);
                Vector512<byte> w6 = Unpack(low + (6 * StepBytes), high + (6 * StepBytes), lowShift, highShift);
                Vector512<byte> w7 = Unpack(low + (7 * StepBytes), high + (7 * StepBytes), lowShift, highShift);
                WeightPrefetch.Ahead(ahead, 8 * StepBytes);
                ahead += 8 * StepBytes;
                sbyte* factors = (sbyte*)panel + Q6KPanel.ScalesOffset + (quarter * 2 * Q6KPanel.Rows);
                Vector512<int> first = Avx512F.ConvertToVector512Int32(Vector128.Load(factors));
                Vector512<int> second = Avx512F.ConvertToVector512Int32(Vector128.Load(factors + Q6KPanel.Rows));
                Vector512<short> scale0 = Twice(first), scale1 = Twice(second);
                Vector512<short> zero = ((second * (-Q6KBlock.Zero << 16)) | ((first * -Q6KBlock.Zero) & Vector512.Create(0xFFFF))).AsInt16();
                b0 = AddQuarter(b0, w0, w1, w2, w3, w4, w5, w6, w7, scale0, scale1, zero, x0 + column, sums, scales);
                if (TCount.Value > 1) b1 = AddQuarter(
                    b1, w0, w1, w2, w3, w4, w5, w6, w7, scale0, scale1, zero, x1 + column, sums + scaleStride, scales + scaleStride);
                if (TCount.Value > 2) b2 = AddQuarter(
                    b2, w0, w1, w2, w3, w4, w5, w6, w7, scale0, scale1, zero, x2 + column, sums + (2 * scaleStride), scales + (2 * scaleStride));
                if (TCount.Value > 3) b3 = AddQuarter(
                    b3, w0, w1, w2, w3, w4, w5, w6, w7, scale0, scale1, zero, x3 + column, sums + (3 * scaleStride), scales + (3 * scaleStride));
                if (TCount.Value > 4) b4 = AddQuarter(
                    b4, w0, w1, w2, w3, w4, w5, w6, w7, scale0, scale1, zero, x4 + column, sums + (4 * scaleStride), scales + (4 * scaleStride));
                if (TCount.Value > 5) b5 = AddQuarter(
                    b5, w0, w1, w2, w3, w4, w5, w6, w7, scale0, scale1, zero, x5 + column, sums + (5 * scaleStride), scales + (5 * scaleStride));
                if (TCount.Value > 6) b6 = AddQuarter(
                    b6, w0, w1, w2, w3, w4, w5, w6, w7, scale0, scale1, zero, x6 + column, sums + (6 * scaleStride), scales + (6 * scaleStride));
                if (TCount.Value > 7) b7 = AddQuarter(
                    b7, w0, w1, w2, w3, w4, w5, w6, w7, scale0, scale1, zero, x7 + column, sums + (7 * scaleStride), scales + (7 * scaleStride));
            }

            Vector512<float> d = Binary16.ToSingle(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)(panel + Q6KPanel.ScaleOffset))));
            y0 = Avx512F.FusedMultiplyAdd(b0, d, y0);
            if (TCount.Value > 1) y1 = Avx512F.FusedMultiplyAdd(b1, d, y1);
            if (TCount.Value > 2) y2 = Avx512F.FusedMultiplyAdd(b2, d, y2);
            if (TCount.Value > 3) y3 = Avx512F.FusedMultiplyAdd(b3, d, y3);
            if (TCount.Value > 4) y4 = Avx512F.FusedMultiplyAdd(b4, d, y4);
            if (TCount.Value > 5) y5 = Avx512F.FusedMultiplyAdd(b5, d, y5);
            if (TCount.Value > 6) y6 = Avx512F.FusedMultiplyAdd(b6, d, y6);
            if (TCount.Value > 7) y7 = Avx512F.FusedMultiplyAdd(b7, d, y7);
            panel += Q6KPanel.BlockBytes;
        }

        nint nextToken = stride;
        y0.Store(y);
        if (TCount.Value > 1) y1.Store(y + nextToken);
        if (TCount.Value > 2) y2.Store(y + (2 * nextToken));
        if (TCount.Value > 3) y3.Store(y + (3 * nextToken));
        if (TCount.Value > 4) y4.Store(y + (4 * nextToken));
        if (TCount.Value > 5) y5.Store(y + (5 * nextToken));
        if (TCount.Value > 6) y6.Store(y + (6 * nextToken));
        if (TCount.Value > 7) y7.Store(y + (7 * nextToken));
    }

    /// <summary>Bits 0-3 from the low word's nibble, 4-5 from the high word's pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Unpack(byte* low, byte* high, Vector128<int> lowShift, Vector128<int> highShift)
    {
        Vector512<byte> lowBits = Avx512F.ShiftRightLogical(Vector512.Load((int*)low), lowShift).AsByte() & Vector512.Create((byte)0xF);
        Vector512<byte> highBits = Avx512F.ShiftRightLogical(Vector512.Load((int*)high), highShift).AsByte() & Vector512.Create((byte)3);
        return (highBits.AsInt32() << 4).AsByte() | lowBits;
    }

    /// <summary>A number of each lane in both of its 16-bit halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Twice(Vector512<int> numbers) => ((numbers << 16) | (numbers & Vector512.Create(0xFFFF))).AsInt16();

    /// <summary>
    /// Adds a quarter, two sub-blocks, of all rows for one token. A lane of zero is -32 times the scale of the first and of the second; sum points to
    /// the activations' two sums.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddQuarter(
        Vector512<float> value,
        Vector512<byte> w0, Vector512<byte> w1, Vector512<byte> w2, Vector512<byte> w3,
        Vector512<byte> w4, Vector512<byte> w5, Vector512<byte> w6, Vector512<byte> w7,
        Vector512<short> scale0, Vector512<short> scale1, Vector512<short> zero, sbyte* x, int* sum, float* scale)
    {
        Vector512<int> scaled = Avx512BW.MultiplyAddAdjacent(Products(w0, x) + Products(w1, x + 4), scale0)
            + Avx512BW.MultiplyAddAdjacent(Products(w2, x + 8) + Products(w3, x + 12), scale0)
            + Avx512BW.MultiplyAddAdjacent(Products(w4, x + 16) + Products(w5, x + 20), scale1)
            + Avx512BW.MultiplyAddAdjacent(Products(w6, x + 24) + Products(w7, x + 28), scale1)
            + Avx512BW.MultiplyAddAdjacent(Vector512.Create(*sum).AsInt16(), zero);
        return Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(scaled), Vector512.Create(*scale), value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Products(Vector512<byte> weights, sbyte* x) =>
        Avx512BW.MultiplyAddAdjacent(weights, Vector512.Create(*(int*)x).AsSByte());
}
