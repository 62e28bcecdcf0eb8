using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Kernels.Unpacked;

namespace Tessera.Quant.Q5K;

/// <summary><see cref="Q5KPanel"/> of 16 rows for AVX2. Half a sub-block's columns fit 16-bit sums: 2 * 4 * 31 * 127 = 31496.</summary>
internal readonly unsafe struct Q5KUnpackedPanel : IUnpackedPanel
{
    private const int Rows = 16;
    private const int StepBytes = Rows * sizeof(uint);
    private const int SubBlockBytes = Q5KPanel.SubBlockBytesPerRow * Rows;

    public static int BlockBytes => Rows * Q5KPanel.BlockBytesPerRow;

    public static int ScaleOffset => Rows * Q5KPanel.ScalePerRow;

    public static int StepsPerSum => 4;

    public static int Zero => 0;

    public static bool HasMinimums => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackWeights(byte* block, byte* weights)
    {
        byte* words = block + (Q5KPanel.QuantsPerRow * Rows);
        WeightPrefetch.Ahead(block, Q5KPanel.QuantsPerRow * Rows);
        for (int sub = 0; sub < Q5KBlock.SubBlocks; sub++, words += SubBlockBytes, weights += 2 * StepsPerSum * StepBytes)
        {
            WeightPrefetch.Ahead(words, SubBlockBytes);
            for (int half = 0; half < StepBytes; half += StepBytes / 2)
            {
                Vector256<uint> lower = Vector256.Load((uint*)(words + (StepsPerSum * StepBytes) + half));
                for (int i = half; i < StepsPerSum * StepBytes; i += StepBytes, lower >>= 2)
                {
                    Vector256<uint> word = Vector256.Load((uint*)(words + i));
                    FirstHalf(word).Store(weights + i);
                    SecondHalf(word, lower).Store(weights + i + (StepsPerSum * StepBytes));
                }
            }
        }

        WeightPrefetch.Ahead(words, (Q5KPanel.BlockBytesPerRow - Q5KPanel.ScalePerRow) * Rows);
    }

    /// <summary>The columns of a sub-block's first half are whole, those of the second have their upper three bits there and the lower two in word 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Weights(byte* block, int pair, int sumOfPair, int stepOfSum, int firstRow)
    {
        uint* words = (uint*)(block + ((Q5KPanel.QuantsPerRow + (pair * Q5KPanel.SubBlockBytesPerRow)) * Rows)) + firstRow;
        Vector256<uint> word = Vector256.Load(words + (stepOfSum * Rows));
        return sumOfPair == 0 ? FirstHalf(word) : SecondHalf(word, Vector256.Load(words + (StepsPerSum * Rows)) >> (2 * stepOfSum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Factors(byte* block, int sum, int firstRow)
    {
        Vector256<int> scales = Avx2.ConvertToVector256Int32(block + ((Q5KPanel.ScalesPerRow + (sum / 2)) * Rows) + firstRow);
        return (scales | (scales << 16)).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> FirstHalf(Vector256<uint> word) => word.AsByte() & Vector256.Create((byte)0x1F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> SecondHalf(Vector256<uint> word, Vector256<uint> lower) =>
        ((word >> 3).AsByte() & Vector256.Create((byte)0x1C)) | (lower.AsByte() & Vector256.Create((byte)3));
}
