using System.Runtime.CompilerServices;

namespace Tessera.Compute.Operations;

/// <summary>
/// A row's scores of a chunk become integers: <c>exp(score - maximum)</c> times the value's scale, in units that are chosen for the row. The largest becomes
/// 32,767 at most, and any 32 of them have a sum below 131,072: either because all of the chunk have, or because none is above 4,093.
/// </summary>
internal static unsafe class IntegerSoftmax<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Block = KvCache.BlockPositions;
    private const float Largest = 32767;
    private const float LargestOfAny = 4093;
    private const float LargestSum = 131000;

    // A chunk's weights may all be zero.
    private const float SmallestWeight = 1e-30f;

    // 2^x is as good as zero below.
    private const float SmallestExponent = -120;

    // 1.5 x 2^23: a number of less than 2^22 added to it is rounded to a whole one, which stands in the sum's lowest bits.
    private const float Rounder = 12582912;

    /// <param name="scores">Scores, at least 1. Instead of them 16-bit weights are written, their block of 16 filled up with zeros.</param>
    /// <param name="count">How many.</param>
    /// <param name="factor">Factor of the scores, above 0, for powers of two.</param>
    /// <param name="values">The values' blocks, which begin with their scales.</param>
    /// <param name="blockBytes">Bytes of a block of values.</param>
    /// <param name="sum">The sum of <c>exp(score - maximum)</c>.</param>
    /// <param name="unit">What a weight of one stands for.</param>
    /// <returns>The maximum, for powers of two.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Weigh(float* scores, int count, float factor, byte* values, int blockBytes, out float sum, out float unit)
    {
        float* sums = stackalloc float[Block];
        float* weightSums = stackalloc float[Block];
        float* maxima = stackalloc float[Block];
        int padded = KvLayout.Padded(count);
        new Span<float>(scores + count, padded - count).Fill(float.NegativeInfinity);
        float maximum = Maximum(scores, padded) * factor;
        for (int column = 0; column < Block; column += TLanes.Count)
        {
            TVector total = TLanes.Zero;
            TVector weightTotal = TLanes.Zero;
            TVector largest = TLanes.Zero;
            byte* scales = values + (column * sizeof(float));
            for (int j = column; j < padded; j += Block, scales += blockBytes)
            {
                TVector exponential = PowerOfTwo(TLanes.MultiplyAdd(TLanes.Load(scores + j), TLanes.Create(factor), TLanes.Create(-maximum)));
                TVector weight = TLanes.Multiply(exponential, TLanes.Load((float*)scales));
                TLanes.Store(weight, scores + j);
                total = TLanes.Add(total, exponential);
                weightTotal = TLanes.Add(weightTotal, weight);
                largest = TLanes.Max(largest, weight);
            }

            TLanes.Store(total, sums + column);
            TLanes.Store(weightTotal, weightSums + column);
            TLanes.Store(largest, maxima + column);
        }

        sum = RowSoftmax<TLanes, TVector>.Sum(sums);
        float perUnit = UnitsPerWeight(RowSoftmax<TLanes, TVector>.Max(maxima), RowSoftmax<TLanes, TVector>.Sum(weightSums));
        unit = 1 / perUnit;
        for (int j = 0; j < padded; j += TLanes.Count)
        {
            TLanes.StoreLow(TLanes.MultiplyAdd(TLanes.Load(scores + j), TLanes.Create(perUnit), TLanes.Create(Rounder)), (short*)scores + j);
        }

        return maximum;
    }

    private static float UnitsPerWeight(float largest, float sum)
    {
        float limit = MathF.Max(SmallestWeight, largest);
        return MathF.Min(Largest / limit, MathF.Max(LargestOfAny / limit, LargestSum / MathF.Max(SmallestWeight, sum)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Maximum(float* scores, int padded)
    {
        float* maxima = stackalloc float[Block];
        for (int column = 0; column < Block; column += TLanes.Count)
        {
            TVector max = TLanes.Load(scores + column);
            for (int j = column + Block; j < padded; j += Block)
            {
                max = TLanes.Max(max, TLanes.Load(scores + j));
            }

            TLanes.Store(max, maxima + column);
        }

        return RowSoftmax<TLanes, TVector>.Max(maxima);
    }

    /// <summary>2^x for x of 0 or less, to 7e-6, which is finer than weights are rounded; not below 2^-120.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector PowerOfTwo(TVector x)
    {
        // 2^x = 2^n 2^r with |r| <= 1/2; 2^r = 1 + r p(r), with p through the four Chebyshev nodes there.
        x = TLanes.Max(TLanes.Create(SmallestExponent), x);
        TVector rounded = TLanes.Add(x, TLanes.Create(Rounder));
        TVector r = TLanes.Subtract(x, TLanes.Subtract(rounded, TLanes.Create(Rounder)));
        TVector e = TLanes.MultiplyAdd(TLanes.Create(0.00965671f), r, TLanes.Create(0.055838283f));
        e = TLanes.MultiplyAdd(e, r, TLanes.Create(0.2402253f));
        e = TLanes.MultiplyAdd(e, r, TLanes.Create(0.69313673f));
        e = TLanes.MultiplyAdd(e, r, TLanes.Create(1));
        return TLanes.AddExponent(e, rounded);
    }
}
