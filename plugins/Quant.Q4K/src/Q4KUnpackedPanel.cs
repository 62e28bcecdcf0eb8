using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels;
using Tessera.Kernels.Unpacked;

namespace Tessera.Quant.Q4K;

/// <summary><see cref="Q4KPanel"/> of 16 rows for AVX2. A sub-block's 32 columns fit 16-bit sums: 2 * 8 * 15 * 127 = 30480.</summary>
internal readonly unsafe struct Q4KUnpackedPanel : IUnpackedPanel
{
    private const int Rows = 16;
    private const int StepBytes = Rows * sizeof(uint);
    private const int SubBlockBytes = 8 * StepBytes;

    public static int BlockBytes => Rows * Q4KPanel.BlockBytesPerRow;

    public static int ScaleOffset => Rows * Q4KPanel.ScalePerRow;

    public static int StepsPerSum => 8;

    public static int Zero => 0;

    public static bool HasMinimums => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackWeights(byte* block, byte* weights)
    {
        byte* quants = block + (Q4KPanel.QuantsPerRow * Rows);
        WeightPrefetch.Ahead(block, Q4KPanel.QuantsPerRow * Rows);
        for (int pair = 0; pair < Q4KBlock.SubBlocks / 2; pair++, weights += SubBlockBytes)
        {
            for (int i = 0; i < SubBlockBytes; i += StepBytes, quants += StepBytes, weights += StepBytes)
            {
                WeightPrefetch.Ahead(quants, StepBytes);
                SplitNibbles(quants, weights);
                SplitNibbles(quants + (StepBytes / 2), weights + (StepBytes / 2));
            }
        }

        WeightPrefetch.Ahead(quants, (Q4KPanel.BlockBytesPerRow - Q4KPanel.ScalePerRow) * Rows);
    }

    /// <summary>Two sub-blocks share their bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Weights(byte* block, int pair, int sumOfPair, int stepOfSum, int firstRow)
    {
        uint* words = (uint*)(block + (Q4KPanel.QuantsPerRow * Rows)) + (((pair * StepsPerSum) + stepOfSum) * Rows) + firstRow;
        return (Vector256.Load(words) >> (4 * sumOfPair)).AsByte() & Vector256.Create((byte)0xF);
    }

    /// <summary>A row's scales of four sub-blocks are 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Factors(byte* block, int sum, int firstRow)
    {
        Vector256<int> four = Vector256.Load((int*)(block + (Q4KPanel.ScalesPerRow * Rows)) + (sum / 4 * Rows) + firstRow);
        Vector256<int> scales = (four >> (sum % 4 * 8)) & Vector256.Create(0xFF);
        return (scales | (scales << 16)).AsInt16();
    }

    /// <summary>The low nibbles belong to a sub-block, the high ones to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SplitNibbles(byte* quants, byte* weights)
    {
        Vector256<uint> packed = Vector256.Load((uint*)quants);
        (packed.AsByte() & Vector256.Create((byte)0xF)).Store(weights);
        ((packed >> 4).AsByte() & Vector256.Create((byte)0xF)).Store(weights + SubBlockBytes);
    }
}
