using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Q8_0;

/// <summary>
/// 512 bits: 16 rows of four columns. Pairs of products of whole bytes would not fit 16 bits, so the unsigned weights of a block are split into nibbles
/// in sixteen registers; the pairs of each half are added in 16 bits over the whole block (at most 8 * 2 * 15 * 127 = 30480) and widened once.
/// </summary>
internal static unsafe partial class Q8_0PanelKernel
{
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
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32, column = 0;
        sbyte* x0 = x.QuantsOf(token), x1 = x0 + quantStride, x2 = x1 + quantStride, x3 = x2 + quantStride;
        sbyte* x4 = x3 + quantStride, x5 = x4 + quantStride, x6 = x5 + quantStride, x7 = x6 + quantStride;
        float* scales = x.ScalesOf(token);
        int* sums = (int*)x.SumsOf(token);
        byte* halves = Q8_0Panel.Scales(panel, blocks);
        Vector512<float> y0 = Vector512<float>.Zero, y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
        for (int i = 0; i < blocks; i++, column += Q8_0Block.Elements, scales++, sums++, panel += Q8_0Panel.QuantBytes, halves += Q8_0Panel.ScaleBytes)
        {
            WeightPrefetch.Ahead(panel, Q8_0Panel.QuantBytes);
            Vector512<byte> low0 = LowNibbles(panel), high0 = HighNibbles(panel);
            Vector512<byte> low1 = LowNibbles(panel + 64), high1 = HighNibbles(panel + 64);
            Vector512<byte> low2 = LowNibbles(panel + 128), high2 = HighNibbles(panel + 128);
            Vector512<byte> low3 = LowNibbles(panel + 192), high3 = HighNibbles(panel + 192);
            Vector512<byte> low4 = LowNibbles(panel + 256), high4 = HighNibbles(panel + 256);
            Vector512<byte> low5 = LowNibbles(panel + 320), high5 = HighNibbles(panel + 320);
            Vector512<byte> low6 = LowNibbles(panel + 384), high6 = HighNibbles(panel + 384);
            Vector512<byte> low7 = LowNibbles(panel + 448), high7 = HighNibbles(panel + 448);
            Vector512<float> d = Binary16.ToSingle(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)halves)));
            y0 = AddBlock(
                y0, low0, low1, low2, low3, low4, low5, low6, low7, high0, high1, high2, high3, high4, high5, high6, high7, d, x0 + column, sums, scales);
            if (TCount.Value > 1) y1 = AddBlock(y1, low0, low1, low2, low3, low4, low5, low6, low7, high0, high1,
                high2, high3, high4, high5, high6, high7, d, x1 + column, sums + scaleStride, scales + scaleStride);
            if (TCount.Value > 2) y2 = AddBlock(y2, low0, low1, low2, low3, low4, low5, low6, low7, high0, high1, high2,
                high3, high4, high5, high6, high7, d, x2 + column, sums + (2 * scaleStride), scales + (2 * scaleStride));
            if (TCount.Value > 3) y3 = AddBlock(y3, low0, low1, low2, low3, low4, low5, low6, low7, high0, high1, high2,
                high3, high4, high5, high6, high7, d, x3 + column, sums + (3 * scaleStride), scales + (3 * scaleStride));
            if (TCount.Value > 4) y4 = AddBlock(y4, low0, low1, low2, low3, low4, low5, low6, low7, high0, high1, high2,
                high3, high4, high5, high6, high7, d, x4 + column, sums + (4 * scaleStride), scales + (4 * scaleStride));
            if (TCount.Value > 5) y5 = AddBlock(y5, low0, low1, low2, low3, low4, low5, low6, low7, high0, high1, high2,
                high3, high4, high5, high6, high7, d, x5 + column, sums + (5 * scaleStride), scales + (5 * scaleStride));
            if (TCount.Value > 6) y6 = AddBlock(y6, low0, low1, low2, low3, low4, low5, low6, low7, high0, high1, high2,
                high3, high4, high5, high6, high7, d, x6 + column, sums + (6 * scaleStride), scales + (6 * scaleStride));
            if (TCount.Value > 7) y7 = AddBlock(y7, low0, low1, low2, low3, low4, low5, low6, low7, high0, high1, high2,
                high3, high4, high5, high6, high7, d, x7 + column, sums + (7 * scaleStride), scales + (7 * scaleStride));
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> LowNibbles(byte* quants) => Vector512.Load(quants) & Vector512.Create((byte)0xF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> HighNibbles(byte* quants) => (Vector512.Load((ushort*)quants) >> 4).AsByte() & Vector512.Create((byte)0xF);

    /// <summary>Adds a block of all rows for one token; the weights' offset goes off with the activations' two sums of 16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddBlock(
        Vector512<float> sum,
        Vector512<byte> low0, Vector512<byte> low1, Vector512<byte> low2, Vector512<byte> low3,
        Vector512<byte> low4, Vector512<byte> low5, Vector512<byte> low6, Vector512<byte> low7,
        Vector512<byte> high0, Vector512<byte> high1, Vector512<byte> high2, Vector512<byte> high3,
        Vector512<byte> high4, Vector512<byte> high5, Vector512<byte> high6, Vector512<byte> high7,
        Vector512<float> d, sbyte* x, int* sums, float* scale)
    {
        Vector512<short> low = Products(low0, x) + Products(low1, x + 4) + Products(low2, x + 8) + Products(low3, x + 12)
            + Products(low4, x + 16) + Products(low5, x + 20) + Products(low6, x + 24) + Products(low7, x + 28);
        Vector512<short> high = Products(high0, x) + Products(high1, x + 4) + Products(high2, x + 8) + Products(high3, x + 12)
            + Products(high4, x + 16) + Products(high5, x + 20) + Products(high6, x + 24) + Products(high7, x + 28);
        Vector512<int> dot = Avx512BW.MultiplyAddAdjacent(low, Vector512<short>.One)
            + Avx512BW.MultiplyAddAdjacent(high, Vector512.Create((short)16))
            - Avx512BW.MultiplyAddAdjacent(Vector512.Create(*sums).AsInt16(), Vector512.Create((short)Q8_0Panel.Offset));
        return Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(dot) * d, Vector512.Create(*scale), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Products(Vector512<byte> weights, sbyte* x) =>
        Avx512BW.MultiplyAddAdjacent(weights, Vector512.Create(*(int*)x).AsSByte());
}
