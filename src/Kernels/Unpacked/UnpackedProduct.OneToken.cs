using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Kernels.Unpacked;

/// <remarks>One token: there is nobody to share unpacked weights with, they go from the panel into products. The arithmetic is the same.</remarks>
internal static unsafe partial class UnpackedProduct<TPanel>
{
    /// <summary>What to prefetch with a pair of sums: its share of the block, in whole lines.</summary>
    private static int PrefetchedPerPair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int bytes = UnpackedBlock.Steps / TPanel.StepsPerSum / 2 * WeightPrefetch.Line;
            return (TPanel.BlockBytes + bytes - 1) / bytes * WeightPrefetch.Line;
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyOne(byte* panel, int blocks, sbyte* x, float* scales, float* sums, float* y)
    {
        int* offsets = stackalloc int[UnpackedBlock.MaxSums];
        Vector256<float> lower = Vector256<float>.Zero, upper = lower;
        for (int i = 0; i < blocks; i++, panel += TPanel.BlockBytes, sums += UnpackedBlock.SubBlocks)
        {
            if (TPanel.HasMinimums)
            {
                Vector256<float> a = Vector256<float>.Zero, b = a;
                for (int sub = 0; sub < UnpackedBlock.SubBlocks; sub++)
                {
                    a = Fma.MultiplyAdd(UnpackedBlock.MinimumsOf(panel, sub, 0), Vector256.Create(sums[sub]), a);
                    b = Fma.MultiplyAdd(UnpackedBlock.MinimumsOf(panel, sub, UnpackedBlock.HalfRows), Vector256.Create(sums[sub]), b);
                }

                lower = Fma.MultiplyAddNegated(a, UnpackedBlock.MinimumScalesOf<TPanel>(panel, 0), lower);
                upper = Fma.MultiplyAddNegated(b, UnpackedBlock.MinimumScalesOf<TPanel>(panel, UnpackedBlock.HalfRows), upper);
            }

            if (TPanel.Zero != 0)
            {
                FindOffsets(x, 0, 1, offsets);
            }

            Vector256<float> lowerValue = Vector256<float>.Zero, upperValue = lowerValue;
            byte* ahead = panel;
            for (int pair = 0; pair < UnpackedBlock.Steps / TPanel.StepsPerSum / 2; pair++)
            {
                WeightPrefetch.Ahead(ahead, PrefetchedPerPair);
                ahead += PrefetchedPerPair;
                lowerValue = Fma.MultiplyAdd(ScaledSum(panel, pair, 0, 0, x, offsets), Vector256.Create(*scales), lowerValue);
                upperValue = Fma.MultiplyAdd(ScaledSum(panel, pair, 0, UnpackedBlock.HalfRows, x, offsets), Vector256.Create(*scales), upperValue);
                x += 4 * TPanel.StepsPerSum;
                scales += TPanel.StepsPerSum == 8 ? 1 : 0;

                lowerValue = Fma.MultiplyAdd(ScaledSum(panel, pair, 1, 0, x, offsets), Vector256.Create(*scales), lowerValue);
                upperValue = Fma.MultiplyAdd(ScaledSum(panel, pair, 1, UnpackedBlock.HalfRows, x, offsets), Vector256.Create(*scales), upperValue);
                x += 4 * TPanel.StepsPerSum;
                scales++;
            }

            lower = Fma.MultiplyAdd(lowerValue, UnpackedBlock.ScalesOf<TPanel>(panel, 0), lower);
            upper = Fma.MultiplyAdd(upperValue, UnpackedBlock.ScalesOf<TPanel>(panel, UnpackedBlock.HalfRows), upper);
        }

        lower.Store(y);
        upper.Store(y + UnpackedBlock.HalfRows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ScaledSum(byte* panel, int pair, int sumOfPair, int firstRow, sbyte* x, int* offsets)
    {
        int sum = (2 * pair) + sumOfPair;
        Vector256<short> dots = Start(offsets + sum);
        dots = AddProducts(dots, TPanel.Weights(panel, pair, sumOfPair, 0, firstRow), Broadcast(x), 0);
        dots = AddProducts(dots, TPanel.Weights(panel, pair, sumOfPair, 1, firstRow), Broadcast(x + 4), 1);
        dots = AddProducts(dots, TPanel.Weights(panel, pair, sumOfPair, 2, firstRow), Broadcast(x + 8), 2);
        dots = AddProducts(dots, TPanel.Weights(panel, pair, sumOfPair, 3, firstRow), Broadcast(x + 12), 3);
        if (TPanel.StepsPerSum == 8)
        {
            dots = AddProducts(dots, TPanel.Weights(panel, pair, sumOfPair, 4, firstRow), Broadcast(x + 16), 4);
            dots = AddProducts(dots, TPanel.Weights(panel, pair, sumOfPair, 5, firstRow), Broadcast(x + 20), 5);
            dots = AddProducts(dots, TPanel.Weights(panel, pair, sumOfPair, 6, firstRow), Broadcast(x + 24), 6);
            dots = AddProducts(dots, TPanel.Weights(panel, pair, sumOfPair, 7, firstRow), Broadcast(x + 28), 7);
        }

        return Vector256.ConvertToSingle(Avx2.MultiplyAddAdjacent(dots, TPanel.Factors(panel, sum, firstRow)));
    }
}
