using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Kernels.Unpacked;

namespace Tessera.Quant.Q6K;

/// <summary><see cref="Q6KPanel"/> for AVX2. A sub-block's 16 columns, less their zero, fit 16-bit sums: 2 * 4 * 32 * 127 = 32512.</summary>
internal readonly unsafe struct Q6KUnpackedPanel : IUnpackedPanel
{
    private const int StepsPerQuarter = 8;
    private const int QuarterBytes = StepsPerQuarter * Q6KPanel.Rows * sizeof(uint);

    public static int BlockBytes => Q6KPanel.BlockBytes;

    public static int ScaleOffset => Q6KPanel.ScaleOffset;

    public static int StepsPerSum => 4;

    public static int Zero => Q6KBlock.Zero;

    public static bool HasMinimums => false;

    /// <summary>The four quarters of a half share the bytes of their high bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackWeights(byte* block, byte* weights)
    {
        byte* low = block, high = block + Q6KPanel.HighBitsOffset;
        WeightPrefetch.Ahead(block + (6 * QuarterBytes), BlockBytes - (6 * QuarterBytes));
        for (int half = 0; half < 2; half++, low += 2 * QuarterBytes, high += QuarterBytes, weights += 4 * QuarterBytes)
        {
            for (int i = 0; i < QuarterBytes; i += Vector256<byte>.Count)
            {
                if (i % WeightPrefetch.Line == 0)
                {
                    WeightPrefetch.Ahead(block + (3 * i), 3 * WeightPrefetch.Line);
                }

                Vector256<uint> low0 = Vector256.Load((uint*)(low + i)), low1 = Vector256.Load((uint*)(low + i + QuarterBytes)),
                    bits = Vector256.Load((uint*)(high + i));
                Join(low0, bits << 4).Store(weights + i);
                Join(low1, bits << 2).Store(weights + i + QuarterBytes);
                Join(low0 >> 4, bits).Store(weights + i + (2 * QuarterBytes));
                Join(low1 >> 4, bits >> 2).Store(weights + i + (3 * QuarterBytes));
            }

            block += 3 * QuarterBytes;
        }
    }

    /// <summary>A pair of sums is a quarter. Quarters 0 and 2, 1 and 3 share the bytes of their low bits, all four those of their high bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Weights(byte* block, int pair, int sumOfPair, int stepOfSum, int firstRow)
    {
        int half = pair / 4, quarter = pair % 4;
        uint* words = (uint*)block + (((sumOfPair * StepsPerSum) + stepOfSum) * Q6KPanel.Rows) + firstRow;
        Vector256<uint> low = Vector256.Load(words + (((2 * half) + (quarter % 2)) * StepsPerQuarter * Q6KPanel.Rows));
        Vector256<uint> high = Vector256.Load(words + (Q6KPanel.HighBitsOffset / sizeof(uint)) + (half * StepsPerQuarter * Q6KPanel.Rows));
        return Join(low >> (quarter / 2 * 4), (high >> (quarter * 2)) << 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Factors(byte* block, int sum, int firstRow)
    {
        Vector256<int> scales = Avx2.ConvertToVector256Int32((sbyte*)block + Q6KPanel.ScalesOffset + (sum * Q6KPanel.Rows) + firstRow);
        return ((scales << 16) | (scales & Vector256.Create(0xFFFF))).AsInt16();
    }

    /// <summary>Bits 0-3 of each byte from the one, 4-5 from the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Join(Vector256<uint> low, Vector256<uint> high) =>
        (low.AsByte() & Vector256.Create((byte)0xF)) | (high.AsByte() & Vector256.Create((byte)0x30));
}
