using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Q4K;

/// <summary>
/// 128 bits: 4 rows of four columns, so that a panel of 8 rows is gone through twice. Portable, with the one instruction for byte products that a
/// processor may have: <c>sdot</c> on ARM64, <c>pmaddubsw</c> on x86-64.
/// </summary>
internal static unsafe partial class Q4KPanelKernel
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
                Vector128<float> minimum = LoadMinimums(panel + (sub * Rows128) + first);
                b0 += minimum * *sums;
                if (TCount.Value > 1) b1 += minimum * sums[scaleStride];
                if (TCount.Value > 2) b2 += minimum * sums[2 * scaleStride];
                if (TCount.Value > 3) b3 += minimum * sums[3 * scaleStride];
            }

            Vector128<float> dmin = LoadHalves128(panel + (Q4KPanel.MinimumPerRow * Rows128), first);
            y0 -= b0 * dmin;
            if (TCount.Value > 1) y1 -= b1 * dmin;
            if (TCount.Value > 2) y2 -= b2 * dmin;
            if (TCount.Value > 3) y3 -= b3 * dmin;

            b0 = Vector128<float>.Zero;
            b1 = b0;
            b2 = b0;
            b3 = b0;
            byte* quants = panel + (Q4KPanel.QuantsPerRow * Rows128) + (4 * first);
            Vector128<uint> weightScales = Vector128<uint>.Zero;
            for (nint sub = 0; sub < 8; sub++, column += 32, scales++)
            {
                if (sub % 4 == 0) weightScales = Vector128.Load((uint*)(panel + (Q4KPanel.ScalesPerRow * Rows128)) + (sub / 4 * Rows128) + first);
                int shift = (int)(sub % 2) * 4;
                Vector128<byte> w0 = Nibbles(quants, shift), w1 = Nibbles(quants + 32, shift),
                    w2 = Nibbles(quants + 64, shift), w3 = Nibbles(quants + 96, shift);
                Vector128<byte> w4 = Nibbles(quants + 128, shift), w5 = Nibbles(quants + 160, shift),
                    w6 = Nibbles(quants + 192, shift), w7 = Nibbles(quants + 224, shift);
                Vector128<int> scale = (weightScales & Vector128.Create(0xFFu)).AsInt32();
                b0 = AddSubBlock(b0, w0, w1, w2, w3, w4, w5, w6, w7, scale, x0 + column, *scales);
                if (TCount.Value > 1) b1 = AddSubBlock(b1, w0, w1, w2, w3, w4, w5, w6, w7, scale, x1 + column, scales[scaleStride]);
                if (TCount.Value > 2) b2 = AddSubBlock(b2, w0, w1, w2, w3, w4, w5, w6, w7, scale, x2 + column, scales[2 * scaleStride]);
                if (TCount.Value > 3) b3 = AddSubBlock(b3, w0, w1, w2, w3, w4, w5, w6, w7, scale, x3 + column, scales[3 * scaleStride]);
                weightScales >>= 8;
                quants += shift * 64;
            }

            Vector128<float> d = LoadHalves128(panel + (Q4KPanel.ScalePerRow * Rows128), first);
            y0 += b0 * d;
            if (TCount.Value > 1) y1 += b1 * d;
            if (TCount.Value > 2) y2 += b2 * d;
            if (TCount.Value > 3) y3 += b3 * d;
            panel += Rows128 * Q4KPanel.BlockBytesPerRow;
        }

        nint nextToken = stride;
        y0.Store(y);
        if (TCount.Value > 1) y1.Store(y + nextToken);
        if (TCount.Value > 2) y2.Store(y + (2 * nextToken));
        if (TCount.Value > 3) y3.Store(y + (3 * nextToken));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LoadMinimums(byte* minimums)
    {
        Vector128<byte> bytes = Vector128.CreateScalar(*(uint*)minimums).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LoadHalves128(byte* halves, int first) =>
        Binary16.ToSingle(Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)((short*)halves + first)).AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Nibbles(byte* quants, int shift) => (Vector128.Load((ushort*)quants) >> shift).AsByte() & Vector128.Create((byte)0xF);

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
            Vector128<int> pairs = (Products(w0, x) + Products(w1, x + 4) + Products(w2, x + 8) + Products(w3, x + 12)
                + Products(w4, x + 16) + Products(w5, x + 20) + Products(w6, x + 24) + Products(w7, x + 28)).AsInt32();
            dots = ((pairs << 16) >> 16) + (pairs >> 16);
        }

        return sum + (Vector128.ConvertToSingle(dots * weightScale) * scale);
    }

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
