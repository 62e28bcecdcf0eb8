using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Q5K;

/// <summary>256 bits: 8 rows of four columns; otherwise as with 512.</summary>
internal static unsafe partial class Q5KPanelKernel
{
    private const int Rows256 = 8;

    public static void MultiplyAvx2(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        switch (count)
        {
            case 1: MultiplyAvx2<TokenCount.One>(panel, blocks, x, token, y, stride); break;
            case 2: MultiplyAvx2<TokenCount.Two>(panel, blocks, x, token, y, stride); break;
            case 3: MultiplyAvx2<TokenCount.Three>(panel, blocks, x, token, y, stride); break;
            default: MultiplyAvx2<TokenCount.Four>(panel, blocks, x, token, y, stride); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyAvx2<TCount>(byte* panel, int blocks, in ActivationBatch x, int token, float* y, int stride)
        where TCount : struct, ITokenCount
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32;
        sbyte* x0 = x.QuantsOf(token), x1 = x0 + quantStride, x2 = x1 + quantStride, x3 = x2 + quantStride;
        float* scales = x.ScalesOf(token);
        float* sums = x.ScaledSumsOf(token);
        nint column = 0;
        Vector256<float> y0 = Vector256<float>.Zero, y1 = y0, y2 = y0, y3 = y0;
        for (int i = 0; i < blocks; i++)
        {
            Vector256<float> b0 = Vector256<float>.Zero, b1 = b0, b2 = b0, b3 = b0;
            for (nint sub = 0; sub < 8; sub++, sums++)
            {
                Vector256<float> minimum = Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(panel + (sub * Rows256)));
                b0 = Fma.MultiplyAdd(minimum, Vector256.Create(*sums), b0);
                if (TCount.Value > 1) b1 = Fma.MultiplyAdd(minimum, Vector256.Create(sums[scaleStride]), b1);
                if (TCount.Value > 2) b2 = Fma.MultiplyAdd(minimum, Vector256.Create(sums[2 * scaleStride]), b2);
                if (TCount.Value > 3) b3 = Fma.MultiplyAdd(minimum, Vector256.Create(sums[3 * scaleStride]), b3);
            }

            Vector256<float> dmin = LoadHalves256(panel + (Q5KPanel.MinimumPerRow * Rows256));
            y0 = Fma.MultiplyAddNegated(b0, dmin, y0);
            if (TCount.Value > 1) y1 = Fma.MultiplyAddNegated(b1, dmin, y1);
            if (TCount.Value > 2) y2 = Fma.MultiplyAddNegated(b2, dmin, y2);
            if (TCount.Value > 3) y3 = Fma.MultiplyAddNegated(b3, dmin, y3);

            b0 = Vector256<float>.Zero;
            b1 = b0;
            b2 = b0;
            b3 = b0;
            byte* quants = panel + (Q5KPanel.QuantsPerRow * Rows256), ahead = panel;
            for (nint sub = 0; sub < 8; sub++, column += 32, scales++)
            {
                Vector256<uint> word0 = Vector256.Load((uint*)quants), word1 = Vector256.Load((uint*)(quants + 32));
                Vector256<uint> word2 = Vector256.Load((uint*)(quants + 64)), word3 = Vector256.Load((uint*)(quants + 96));
                Vector256<uint> lower = Vector256.Load((uint*)(quants + 128));
                Vector256<byte> w0 = FirstHalf256(word0), w1 = FirstHalf256(word1), w2 = FirstHalf256(word2), w3 = FirstHalf256(word3);
                Vector256<byte> w4 = SecondHalf256(word0, lower), w5 = SecondHalf256(word1, lower >> 2);
                Vector256<byte> w6 = SecondHalf256(word2, lower >> 4), w7 = SecondHalf256(word3, lower >> 6);
                quants += Q5KPanel.SubBlockBytesPerRow * Rows256;
                WeightPrefetch.Ahead(ahead, 192);
                ahead += 192;
                Vector256<short> scale = LoadScales256(panel + (Q5KPanel.ScalesPerRow * Rows256) + (sub * Rows256));
                b0 = AddSubBlock(b0, w0, w1, w2, w3, w4, w5, w6, w7, scale, x0 + column, scales);
                if (TCount.Value > 1) b1 = AddSubBlock(b1, w0, w1, w2, w3, w4, w5, w6, w7, scale, x1 + column, scales + scaleStride);
                if (TCount.Value > 2) b2 = AddSubBlock(b2, w0, w1, w2, w3, w4, w5, w6, w7, scale, x2 + column, scales + (2 * scaleStride));
                if (TCount.Value > 3) b3 = AddSubBlock(b3, w0, w1, w2, w3, w4, w5, w6, w7, scale, x3 + column, scales + (3 * scaleStride));
            }

            Vector256<float> d = LoadHalves256(panel + (Q5KPanel.ScalePerRow * Rows256));
            y0 = Fma.MultiplyAdd(b0, d, y0);
            if (TCount.Value > 1) y1 = Fma.MultiplyAdd(b1, d, y1);
            if (TCount.Value > 2) y2 = Fma.MultiplyAdd(b2, d, y2);
            if (TCount.Value > 3) y3 = Fma.MultiplyAdd(b3, d, y3);
            panel += Rows256 * Q5KPanel.BlockBytesPerRow;
        }

        nint nextToken = stride;
        y0.Store(y);
        if (TCount.Value > 1) y1.Store(y + nextToken);
        if (TCount.Value > 2) y2.Store(y + (2 * nextToken));
        if (TCount.Value > 3) y3.Store(y + (3 * nextToken));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadHalves256(byte* halves) => Binary16.ToSingle(Avx2.ConvertToVector256Int32((short*)halves));

    /// <summary>The scales of 8 rows, each twice: a row's lane has two 16-bit sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> LoadScales256(byte* scales)
    {
        Vector256<int> wide = Avx2.ConvertToVector256Int32(scales);
        return (wide | (wide << 16)).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> FirstHalf256(Vector256<uint> words) => words.AsByte() & Vector256.Create((byte)0x1F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> SecondHalf256(Vector256<uint> words, Vector256<uint> lower) =>
        ((words >> 3).AsByte() & Vector256.Create((byte)0x1C)) | (lower.AsByte() & Vector256.Create((byte)3));

    /// <summary>Adds a sub-block of all rows for one token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddSubBlock(
        Vector256<float> sum,
        Vector256<byte> w0, Vector256<byte> w1, Vector256<byte> w2, Vector256<byte> w3,
        Vector256<byte> w4, Vector256<byte> w5, Vector256<byte> w6, Vector256<byte> w7,
        Vector256<short> weightScale, sbyte* x, float* scale)
    {
        Vector256<short> first = Products(w0, x) + Products(w1, x + 4) + Products(w2, x + 8) + Products(w3, x + 12);
        Vector256<short> second = Products(w4, x + 16) + Products(w5, x + 20) + Products(w6, x + 24) + Products(w7, x + 28);
        Vector256<int> scaled = Avx2.MultiplyAddAdjacent(first, weightScale) + Avx2.MultiplyAddAdjacent(second, weightScale);
        return Fma.MultiplyAdd(Avx.ConvertToVector256Single(scaled), Vector256.Create(*scale), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Products(Vector256<byte> weights, sbyte* x) =>
        Avx2.MultiplyAddAdjacent(weights, Vector256.Create(*(int*)x).AsSByte());
}
