using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Q4K;

/// <summary>256 bits: 8 rows of four columns; otherwise as with 512.</summary>
internal static unsafe partial class Q4KPanelKernel
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

            Vector256<float> dmin = LoadHalves256(panel + (Q4KPanel.MinimumPerRow * Rows256));
            y0 = Fma.MultiplyAddNegated(b0, dmin, y0);
            if (TCount.Value > 1) y1 = Fma.MultiplyAddNegated(b1, dmin, y1);
            if (TCount.Value > 2) y2 = Fma.MultiplyAddNegated(b2, dmin, y2);
            if (TCount.Value > 3) y3 = Fma.MultiplyAddNegated(b3, dmin, y3);

            b0 = Vector256<float>.Zero;
            b1 = b0;
            b2 = b0;
            b3 = b0;
            byte* quants = panel + (Q4KPanel.QuantsPerRow * Rows256), ahead = panel;
            Vector256<uint> select = BeforeFirstScale256();
            for (nint sub = 0; sub < 8; sub++, column += 32, scales++)
            {
                Vector256<byte> w0, w1, w2, w3, w4, w5, w6, w7;
                if (sub % 2 == 0)
                {
                    w0 = LowNibbles256(quants);
                    w1 = LowNibbles256(quants + 32);
                    w2 = LowNibbles256(quants + 64);
                    w3 = LowNibbles256(quants + 96);
                    w4 = LowNibbles256(quants + 128);
                    w5 = LowNibbles256(quants + 160);
                    w6 = LowNibbles256(quants + 192);
                    w7 = LowNibbles256(quants + 224);
                    select ^= Vector256.Create(0x0003_0003u);
                }
                else
                {
                    w0 = HighNibbles256(quants);
                    w1 = HighNibbles256(quants + 32);
                    w2 = HighNibbles256(quants + 64);
                    w3 = HighNibbles256(quants + 96);
                    w4 = HighNibbles256(quants + 128);
                    w5 = HighNibbles256(quants + 160);
                    w6 = HighNibbles256(quants + 192);
                    w7 = HighNibbles256(quants + 224);
                    select ^= Vector256.Create(0x0001_0001u);
                    quants += 256;
                }

                WeightPrefetch.Ahead(ahead, 192);
                ahead += 192;
                Vector256<short> scale = Avx2.Shuffle(Vector256.Load(panel + (Q4KPanel.ScalesPerRow * Rows256) + ((sub & 4) * 8)), select.AsByte()).AsInt16();
                b0 = AddSubBlock(b0, w0, w1, w2, w3, w4, w5, w6, w7, scale, x0 + column, scales);
                if (TCount.Value > 1) b1 = AddSubBlock(b1, w0, w1, w2, w3, w4, w5, w6, w7, scale, x1 + column, scales + scaleStride);
                if (TCount.Value > 2) b2 = AddSubBlock(b2, w0, w1, w2, w3, w4, w5, w6, w7, scale, x2 + column, scales + (2 * scaleStride));
                if (TCount.Value > 3) b3 = AddSubBlock(b3, w0, w1, w2, w3, w4, w5, w6, w7, scale, x3 + column, scales + (3 * scaleStride));
            }

            Vector256<float> d = LoadHalves256(panel + (Q4KPanel.ScalePerRow * Rows256));
            y0 = Fma.MultiplyAdd(b0, d, y0);
            if (TCount.Value > 1) y1 = Fma.MultiplyAdd(b1, d, y1);
            if (TCount.Value > 2) y2 = Fma.MultiplyAdd(b2, d, y2);
            if (TCount.Value > 3) y3 = Fma.MultiplyAdd(b3, d, y3);
            panel += Rows256 * Q4KPanel.BlockBytesPerRow;
        }

        nint nextToken = stride;
        y0.Store(y);
        if (TCount.Value > 1) y1.Store(y + nextToken);
        if (TCount.Value > 2) y2.Store(y + (2 * nextToken));
        if (TCount.Value > 3) y3.Store(y + (3 * nextToken));
    }

    /// <summary>
    /// Selects a scale of each lane's four as two 16-bit numbers. From the last (3) the lowest two bits go on to 0, 1, 2, 3, 0 ... where all 3 and 1 are
    /// flipped in turns.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> BeforeFirstScale256() => Vector256.Create(
        0x8003_8003u, 0x8007_8007u, 0x800B_800Bu, 0x800F_800Fu, 0x8003_8003u, 0x8007_8007u, 0x800B_800Bu, 0x800F_800Fu);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadHalves256(byte* halves) => Binary16.ToSingle(Avx2.ConvertToVector256Int32((short*)halves));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> LowNibbles256(byte* quants) => Vector256.Load(quants) & Vector256.Create((byte)0xF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> HighNibbles256(byte* quants) => (Vector256.Load((ushort*)quants) >> 4).AsByte() & Vector256.Create((byte)0xF);

    /// <summary>Adds a sub-block of all rows for one token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddSubBlock(
        Vector256<float> sum,
        Vector256<byte> w0, Vector256<byte> w1, Vector256<byte> w2, Vector256<byte> w3,
        Vector256<byte> w4, Vector256<byte> w5, Vector256<byte> w6, Vector256<byte> w7,
        Vector256<short> weightScale, sbyte* x, float* scale)
    {
        Vector256<short> dots = Products(w0, x) + Products(w1, x + 4) + Products(w2, x + 8) + Products(w3, x + 12)
            + Products(w4, x + 16) + Products(w5, x + 20) + Products(w6, x + 24) + Products(w7, x + 28);
        return Fma.MultiplyAdd(Avx.ConvertToVector256Single(Avx2.MultiplyAddAdjacent(dots, weightScale)), Vector256.Create(*scale), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Products(Vector256<byte> weights, sbyte* x) =>
        Avx2.MultiplyAddAdjacent(weights, Vector256.Create(*(int*)x).AsSByte());
}
