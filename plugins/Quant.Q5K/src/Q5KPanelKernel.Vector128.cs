using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Q5K;

/// <summary>
/// 128 bits: 4 rows of four columns, so that a panel of 8 rows is gone through twice. Portable, with the one instruction for byte products that a
/// processor may have: <c>sdot</c> on ARM64, <c>pmaddubsw</c> on x86-64.
/// </summary>
internal static unsafe partial class Q5KPanelKernel
{
    private const int Rows128 = 8;
    private const int Lanes128 = 4;

    public static void MultiplyVector128(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        for (int first = 0; first < Rows128; first += Lanes128)
        {
            switch (count)
            {
                case 1: MultiplyVector128<TokenCount.One>(panel, first, blocks, x, token, y + first, stride); break;
                case 2: MultiplyVector128<TokenCount.Two>(panel, first, blocks, x, token, y + first, stride); break;
                case 3: MultiplyVector128<TokenCount.Three>(panel, first, blocks, x, token, y + first, stride); break;
                default: MultiplyVector128<TokenCount.Four>(panel, first, blocks, x, token, y + first, stride); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyVector128<TCount>(byte* panel, int first, int blocks, in ActivationBatch x, int token, float* y, int stride)
        where TCount : struct, ITokenCount
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32;
        sbyte* x0 = x.QuantsOf(token), x1 = x0 + quantStride, x2 = x1 + quantStride, x3 = x2 + quantStride;
        float* scales = x.ScalesOf(token);
        float* sums = x.ScaledSumsOf(token);
        nint column = 0;
        Vector128<float> y0 = Vector128<float>.Zero, y1 = y0, y2 = y0, y3 = y0;
        for (int i = 0; i < blocks; i++)
        {
            Vector128<float> b0 = Vector128<float>.Zero, b1 = b0, b2 = b0, b3 = b0;
            for (nint sub = 0; sub < 8; sub++, sums++)
            {
                Vector128<float> minimum = Vector128.ConvertToSingle(LoadBytes128(panel + (sub * Rows128) + first));
                b0 += minimum * *sums;
                if (TCount.Value > 1) b1 += minimum * sums[scaleStride];
                if (TCount.Value > 2) b2 += minimum * sums[2 * scaleStride];
                if (TCount.Value > 3) b3 += minimum * sums[3 * scaleStride];
            }

            Vector128<float> dmin = LoadHalves128(panel + (Q5KPanel.MinimumPerRow * Rows128), first);
            y0 -= b0 * dmin;
            if (TCount.Value > 1) y1 -= b1 * dmin;
            if (TCount.Value > 2) y2 -= b2 * dmin;
            if (TCount.Value > 3) y3 -= b3 * dmin;

            b0 = Vector128<float>.Zero;
            b1 = b0;
            b2 = b0;
            b3 = b0;
            byte* quants = panel + (Q5KPanel.QuantsPerRow * Rows128) + (4 * first);
            for (nint sub = 0; sub < 8; sub++, column += 32, scales++)
            {
                Vector128<uint> word0 = Vector128.Load((uint*)quants), word1 = Vector128.Load((uint*)(quants + 32));
                Vector128<uint> word2 = Vector128.Load((uint*)(quants + 64)), word3 = Vector128.Load((uint*)(quants + 96));
                Vector128<uint> lower = Vector128.Load((uint*)(quants + 128));
                Vector128<byte> w0 = FirstHalf128(word0), w1 = FirstHalf128(word1), w2 = FirstHalf128(word2), w3 = FirstHalf128(word3);
                Vector128<byte> w4 = SecondHalf128(word0, lower), w5 = SecondHalf128(word1, lower >> 2);
                Vector128<byte> w6 = SecondHalf128(word2, lower >> 4), w7 = SecondHalf128(word3, lower >> 6);
                quants += Q5KPanel.SubBlockBytesPerRow * Rows128;
                Vector128<int> scale = LoadBytes128(panel + (Q5KPanel.ScalesPerRow * Rows128) + (sub * Rows128) + first);
                b0 = AddSubBlock(b0, w0, w1, w2, w3, w4, w5, w6, w7, scale, x0 + column, *scales);
                if (TCount.Value > 1) b1 = AddSubBlock(b1, w0, w1, w2, w3, w4, w5, w6, w7, scale, x1 + column, scales[scaleStride]);
                if (TCount.Value > 2) b2 = AddSubBlock(b2, w0, w1, w2, w3, w4, w5, w6, w7, scale, x2 + column, scales[2 * scaleStride]);
                if (TCount.Value > 3) b3 = AddSubBlock(b3, w0, w1, w2, w3, w4, w5, w6, w7, scale, x3 + column, scales[3 * scaleStride]);
            }

            Vector128<float> d = LoadHalves128(panel + (Q5KPanel.ScalePerRow * Rows128), first);
            y0 += b0 * d;
            if (TCount.Value > 1) y1 += b1 * d;
            if (TCount.Value > 2) y2 += b2 * d;
            if (TCount.Value > 3) y3 += b3 * d;
            panel += Rows128 * Q5KPanel.BlockBytesPerRow;
        }

        nint nextToken = stride;
        y0.Store(y);
        if (TCount.Value > 1) y1.Store(y + nextToken);
        if (TCount.Value > 2) y2.Store(y + (2 * nextToken));
        if (TCount.Value > 3) y3.Store(y + (3 * nextToken));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> LoadBytes128(byte* bytes) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(*(uint*)bytes).AsByte())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LoadHalves128(byte* halves, int first) =>
        Binary16.ToSingle(Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)((short*)halves + first)).AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> FirstHalf128(Vector128<uint> words) => words.AsByte() & Vector128.Create((byte)0x1F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> SecondHalf128(Vector128<uint> words, Vector128<uint> lower) =>
        ((words >> 3).AsByte() & Vector128.Create((byte)0x1C)) | (lower.AsByte() & Vector128.Create((byte)3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddSubBlock(
        Vector128<float> sum,
        Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3,
        Vector128<byte> w4, Vector128<byte> w5, Vector128<byte> w6, Vector128<byte> w7,
        Vector128<int> weightScale, sbyte* x, float scale)
    {
        Vector128<int> dots = Vector128<int>.Zero;
        if (Dp.IsSupported)
        {
            Vector128<sbyte> lower = Vector128.Load(x), upper = Vector128.Load(x + 16);
            dots = Dp.DotProductBySelectedQuadruplet(dots, w0.AsSByte(), lower, 0);
            dots = Dp.DotProductBySelectedQuadruplet(dots, w1.AsSByte(), lower, 1);
            dots = Dp.DotProductBySelectedQuadruplet(dots, w2.AsSByte(), lower, 2);
            dots = Dp.DotProductBySelectedQuadruplet(dots, w3.AsSByte(), lower, 3);
            dots = Dp.DotProductBySelectedQuadruplet(dots, w4.AsSByte(), upper, 0);
            dots = Dp.DotProductBySelectedQuadruplet(dots, w5.AsSByte(), upper, 1);
            dots = Dp.DotProductBySelectedQuadruplet(dots, w6.AsSByte(), upper, 2);
            dots = Dp.DotProductBySelectedQuadruplet(dots, w7.AsSByte(), upper, 3);
        }
        else
        {
            dots = AddPairs(Products(w0, x) + Products(w1, x + 4) + Products(w2, x + 8) + Products(w3, x + 12))
                + AddPairs(Products(w4, x + 16) + Products(w5, x + 20) + Products(w6, x + 24) + Products(w7, x + 28));
        }

        return sum + (Vector128.ConvertToSingle(dots * weightScale) * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddPairs(Vector128<short> pairs) => ((pairs.AsInt32() << 16) >> 16) + (pairs.AsInt32() >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Products(Vector128<byte> weights, sbyte* x)
    {
        Vector128<sbyte> columns = Vector128.Create(*(int*)x).AsSByte();
        if (Ssse3.IsSupported)
        {
            return Ssse3.MultiplyAddAdjacent(weights, columns);
        }

        Vector128<short> even = (weights.AsInt16() & Vector128.Create((short)0xFF)) * ((columns.AsInt16() << 8) >> 8);
        return even + ((weights.AsUInt16() >> 8).AsInt16() * (columns.AsInt16() >> 8));
    }
}
