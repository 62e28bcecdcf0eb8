using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Q4K;

/// <summary>
/// 512 bits: 16 rows of four columns. The weights of a sub-block are unpacked into eight registers, then each token passes by: its four bytes of a
/// step go to all rows, byte products are added in 16 bits over the whole sub-block (at most 8 * 2 * 15 * 127 = 30480), and one multiplication
/// with the 6-bit scale widens them. From there on it is floating point, in an order that no tile changes.
/// </summary>
internal static unsafe partial class Q4KPanelKernel
{
    private const int Rows512 = 16;

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
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32, tableStride = quantStride / 4;
        sbyte* x0 = x.QuantsOf(token), x1 = x0 + quantStride, x2 = x1 + quantStride, x3 = x2 + quantStride;
        sbyte* x4 = x3 + quantStride, x5 = x4 + quantStride, x6 = x5 + quantStride, x7 = x6 + quantStride;
        float* scales = x.ScalesOf(token);
        float* tables = x.SumTablesOf(token);
        nint column = 0;
        Vector512<float> y0 = Vector512<float>.Zero, y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
        for (int i = 0; i < blocks; i++)
        {
            Vector512<float> m0 = Vector512<float>.Zero, m1 = m0, m2 = m0, m3 = m0, m4 = m0, m5 = m0, m6 = m0, m7 = m0;
            Vector512<float> d = LoadHalves512(panel + (Q4KPanel.ScalePerRow * Rows512));
            byte* quants = panel + (Q4KPanel.QuantsPerRow * Rows512), ahead = panel;
            Vector512<uint> select = BeforeFirstScale512();
            for (nint sub = 0; sub < 8; sub++, column += 32, scales++)
            {
                Vector512<byte> w0, w1, w2, w3, w4, w5, w6, w7;
                if (sub % 2 == 0)
                {
                    w0 = LowNibbles512(quants);
                    w1 = LowNibbles512(quants + 64);
                    w2 = LowNibbles512(quants + 128);
                    w3 = LowNibbles512(quants + 192);
                    w4 = LowNibbles512(quants + 256);
                    w5 = LowNibbles512(quants + 320);
                    w6 = LowNibbles512(quants + 384);
                    w7 = LowNibbles512(quants + 448);
                    select ^= Vector512.Create(0x0003_0003u);
                }
                else
                {
                    w0 = HighNibbles512(quants);
                    w1 = HighNibbles512(quants + 64);
                    w2 = HighNibbles512(quants + 128);
                    w3 = HighNibbles512(quants + 192);
                    w4 = HighNibbles512(quants + 256);
                    w5 = HighNibbles512(quants + 320);
                    w6 = HighNibbles512(quants + 384);
                    w7 = HighNibbles512(quants + 448);
                    select ^= Vector512.Create(0x0001_0001u);
                    quants += 512;
                }

                WeightPrefetch.Ahead(ahead, 320);
                ahead += 320;
                Vector512<short> scale = Avx512BW.Shuffle(
                    Vector512.Load(panel + (Q4KPanel.ScalesPerRow * Rows512) + ((sub & 4) * 16)), select.AsByte()).AsInt16();
                y0 = AddSubBlock(y0, w0, w1, w2, w3, w4, w5, w6, w7, scale, d, x0 + column, scales);
                if (TCount.Value > 1) y1 = AddSubBlock(y1, w0, w1, w2, w3, w4, w5, w6, w7, scale, d, x1 + column, scales + scaleStride);
                if (TCount.Value > 2) y2 = AddSubBlock(y2, w0, w1, w2, w3, w4, w5, w6, w7, scale, d, x2 + column, scales + (2 * scaleStride));
                if (TCount.Value > 3) y3 = AddSubBlock(y3, w0, w1, w2, w3, w4, w5, w6, w7, scale, d, x3 + column, scales + (3 * scaleStride));
                if (TCount.Value > 4) y4 = AddSubBlock(y4, w0, w1, w2, w3, w4, w5, w6, w7, scale, d, x4 + column, scales + (4 * scaleStride));
                if (TCount.Value > 5) y5 = AddSubBlock(y5, w0, w1, w2, w3, w4, w5, w6, w7, scale, d, x5 + column, scales + (5 * scaleStride));
                if (TCount.Value > 6) y6 = AddSubBlock(y6, w0, w1, w2, w3, w4, w5, w6, w7, scale, d, x6 + column, scales + (6 * scaleStride));
                if (TCount.Value > 7) y7 = AddSubBlock(y7, w0, w1, w2, w3, w4, w5, w6, w7, scale, d, x7 + column, scales + (7 * scaleStride));

                // Minimums, a digit of two pairs in turns: look-ups go beside the products, which take other pipes.
                if (sub < 2 * SixBitMinimums.Digits)
                {
                    if (sub % 2 == 0)
                    {
                        m0 *= 4;
                        if (TCount.Value > 1) m1 *= 4;
                        if (TCount.Value > 2) m2 *= 4;
                        if (TCount.Value > 3) m3 *= 4;
                        if (TCount.Value > 4) m4 *= 4;
                        if (TCount.Value > 5) m5 *= 4;
                        if (TCount.Value > 6) m6 *= 4;
                        if (TCount.Value > 7) m7 *= 4;
                    }

                    Vector512<int> digits = Vector512.Load((int*)panel + (sub % 2 * Rows512))
                        >> SixBitMinimums.ShiftTo(0, SixBitMinimums.Digits - 1 - ((int)sub / 2));
                    float* table = tables + (sub % 2 * 32);
                    m0 = SixBitMinimums.AddFromTables(m0, table, digits);
                    if (TCount.Value > 1) m1 = SixBitMinimums.AddFromTables(m1, table + tableStride, digits);
                    if (TCount.Value > 2) m2 = SixBitMinimums.AddFromTables(m2, table + (2 * tableStride), digits);
                    if (TCount.Value > 3) m3 = SixBitMinimums.AddFromTables(m3, table + (3 * tableStride), digits);
                    if (TCount.Value > 4) m4 = SixBitMinimums.AddFromTables(m4, table + (4 * tableStride), digits);
                    if (TCount.Value > 5) m5 = SixBitMinimums.AddFromTables(m5, table + (5 * tableStride), digits);
                    if (TCount.Value > 6) m6 = SixBitMinimums.AddFromTables(m6, table + (6 * tableStride), digits);
                    if (TCount.Value > 7) m7 = SixBitMinimums.AddFromTables(m7, table + (7 * tableStride), digits);
                }
            }

            Vector512<float> dmin = LoadHalves512(panel + (Q4KPanel.MinimumPerRow * Rows512));
            y0 = Avx512F.FusedMultiplyAddNegated(m0, dmin, y0);
            if (TCount.Value > 1) y1 = Avx512F.FusedMultiplyAddNegated(m1, dmin, y1);
            if (TCount.Value > 2) y2 = Avx512F.FusedMultiplyAddNegated(m2, dmin, y2);
            if (TCount.Value > 3) y3 = Avx512F.FusedMultiplyAddNegated(m3, dmin, y3);
            if (TCount.Value > 4) y4 = Avx512F.FusedMultiplyAddNegated(m4, dmin, y4);
            if (TCount.Value > 5) y5 = Avx512F.FusedMultiplyAddNegated(m5, dmin, y5);
            if (TCount.Value > 6) y6 = Avx512F.FusedMultiplyAddNegated(m6, dmin, y6);
            if (TCount.Value > 7) y7 = Avx512F.FusedMultiplyAddNegated(m7, dmin, y7);
            tables += 16 * SixBitMinimums.Pairs;
            panel += Rows512 * Q4KPanel.BlockBytesPerRow;
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

    /// <summary>
    /// Selects a scale of each lane's four as two 16-bit numbers. From the last (3) the lowest two bits go on to 0, 1, 2, 3, 0 ... where all 3 and 1 are
    /// flipped in turns.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> BeforeFirstScale512() => Vector512.Create(
        0x8003_8003u, 0x8007_8007u, 0x800B_800Bu, 0x800F_800Fu, 0x8003_8003u, 0x8007_8007u, 0x800B_800Bu, 0x800F_800Fu,
        0x8003_8003u, 0x8007_8007u, 0x800B_800Bu, 0x800F_800Fu, 0x8003_8003u, 0x8007_8007u, 0x800B_800Bu, 0x800F_800Fu);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LoadHalves512(byte* halves) => Binary16.ToSingle(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)halves)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> LowNibbles512(byte* quants) => Vector512.Load(quants) & Vector512.Create((byte)0xF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> HighNibbles512(byte* quants) => (Vector512.Load((ushort*)quants) >> 4).AsByte() & Vector512.Create((byte)0xF);

    /// <summary>Adds a sub-block of all rows for one token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddSubBlock(
        Vector512<float> sum,
        Vector512<byte> w0, Vector512<byte> w1, Vector512<byte> w2, Vector512<byte> w3,
        Vector512<byte> w4, Vector512<byte> w5, Vector512<byte> w6, Vector512<byte> w7,
        Vector512<short> weightScale, Vector512<float> d, sbyte* x, float* scale)
    {
        Vector512<short> dots = Products(w0, x) + Products(w1, x + 4) + Products(w2, x + 8) + Products(w3, x + 12)
            + Products(w4, x + 16) + Products(w5, x + 20) + Products(w6, x + 24) + Products(w7, x + 28);
        return Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(Avx512BW.MultiplyAddAdjacent(dots, weightScale)) * d, Vector512.Create(*scale), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Products(Vector512<byte> weights, sbyte* x) =>
        Avx512BW.MultiplyAddAdjacent(weights, Vector512.Create(*(int*)x).AsSByte());
}
