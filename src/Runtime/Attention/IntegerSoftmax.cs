using System.Runtime.CompilerServices;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Attention;

/// <summary>
/// The scores of a group of rows become integers: <c>exp(score - maximum)</c> times the value's scale, in units that are chosen for the row and the chunk.
/// A row's largest becomes 32,767 at most, and any 32 of them have a sum below 131,072: either because all of the chunk have, or because none is above 4,093.
/// </summary>
internal static unsafe class IntegerSoftmax<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Block = KvLayout.BlockPositions;
    private const int GroupRows = AttentionTile.GroupRows;
    private const int ChunkPositions = AttentionTile.ChunkPositions;
    private const float Largest = 32767;
    private const float LargestOfAny = 4093;
    private const float LargestSum = 131000;
    private const float Log2E = 1.44269504f;

    // A chunk's weights may all be zero.
    private const float SmallestWeight = 1e-30f;

    // 2^x is as good as zero below.
    private const float SmallestExponent = -120;

    // 1.5 x 2^23: a number of less than 2^22 added to it is rounded to a whole one, which stands in the sum's lowest bits.
    private const float Rounder = 12582912;

    /// <summary>
    /// Writes 16-bit weights over the tile's scores, zeros where a row has none, and maxima and weights' sums to <paramref name="sums"/>. Every step is done
    /// for all rows before the next one: what a row is reduced to takes the processor long, and it works on other rows meanwhile.
    /// </summary>
    /// <param name="tile">The tile; before a group's queries stand the factors of its scores, for powers of two.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="group">The group, which attends to at least one position.</param>
    /// <param name="sums">Of the chunk.</param>
    /// <param name="units">For each row, what a weight of one stands for.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Weigh(in AttentionTile tile, int chunk, int group, AttentionSums sums, float* units)
    {
        float* lanes = stackalloc float[3 * GroupRows * Block];
        float* maxima = stackalloc float[GroupRows];
        int* counts = stackalloc int[GroupRows];
        float* factors = stackalloc float[GroupRows];
        byte* values = tile.ValuesOf(chunk);
        int firstRow = group * GroupRows;
        for (int i = 0; i < GroupRows; i++)
        {
            int count = firstRow + i < tile.Rows ? tile.PositionsOf(firstRow + i, chunk) : 0;
            float* scores = tile.Scores + (i * ChunkPositions);
            counts[i] = KvLayout.Padded(count);
            factors[i] = tile.QueriesOfGroup(group)[i];
            if (count > 0)
            {
                Adjust(tile, chunk, firstRow + i, scores, ref factors[i]);
            }

            for (int j = count; j < counts[i]; j++)
            {
                scores[j] = float.NegativeInfinity;
            }

            if (count > 0)
            {
                maxima[i] = Maximum(scores, counts[i], lanes + (i * Block)) * factors[i];
                sums.Maxima[firstRow + i] = maxima[i] / Log2E;
            }
        }

        for (int i = 0; i < GroupRows; i++)
        {
            // Reading memory goes on, see IntegerAttentionKernel.
            float* scores = tile.Scores + (i * ChunkPositions);
            byte* ahead = group == 0 ? tile.NextKeys + (i * ChunkPositions * sizeof(float)) : (byte*)scores;
            Exponentiate(scores, counts[i], factors[i], maxima[i], values, tile.ValueBlockBytes, lanes + (i * Block), ahead);
        }

        for (int i = 0; i < GroupRows; i++)
        {
            units[i] = 0;
            if (counts[i] > 0)
            {
                float* rowLanes = lanes + (i * Block);
                sums.Weights[firstRow + i] = RowSoftmax<TLanes, TVector>.Sum(rowLanes);
                units[i] = Unit(
                    RowSoftmax<TLanes, TVector>.Max(rowLanes + (2 * GroupRows * Block)), RowSoftmax<TLanes, TVector>.Sum(rowLanes + (GroupRows * Block)));
            }
        }

        int positions = KvLayout.Padded(tile.PositionsOfGroup(group, chunk));
        for (int i = 0; i < GroupRows; i++)
        {
            float* scores = tile.Scores + (i * ChunkPositions);
            Round(scores, counts[i], 1 / units[i]);

            // Positions of later tokens in the row's group.
            for (int j = counts[i]; j < positions; j++)
            {
                ((short*)scores)[j] = 0;
            }
        }
    }

    /// <summary>Scores that are more than products, or that the row does not see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Adjust(in AttentionTile tile, int chunk, int row, float* scores, ref float factor)
    {
        if (tile.AdjustsScores)
        {
            ScoreAdjustment<TLanes, TVector>.Adjust(tile, chunk, row, factor / Log2E, scores);
            factor = Log2E;
        }

        int skipped = tile.SkippedOf(row, chunk);
        for (int j = 0; j < skipped; j++)
        {
            scores[j] = float.NegativeInfinity;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Maximum(float* scores, nint count, float* lanes)
    {
        for (int column = 0; column < Block; column += TLanes.Count)
        {
            TVector even = TLanes.Load(scores + column);
            TVector odd = even;
            nint j = column + Block;
            for (; j < count - Block; j += 2 * Block)
            {
                odd = TLanes.Max(odd, TLanes.Load(scores + j));
                even = TLanes.Max(even, TLanes.Load(scores + j + Block));
            }

            if (j < count)
            {
                odd = TLanes.Max(odd, TLanes.Load(scores + j));
            }

            TLanes.Store(TLanes.Max(even, odd), lanes + column);
        }

        return RowSoftmax<TLanes, TVector>.Max(lanes);
    }

    /// <summary>
    /// Scores become exponentials times the values' scales. To <paramref name="lanes"/> go, of the positions with the same place in a block, the exponentials'
    /// sums, then, as far apart as all rows have them, the weights' sums and the largest weights.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exponentiate(float* scores, nint count, float factor, float maximum, byte* values, nint blockBytes, float* lanes, byte* ahead)
    {
        for (int column = 0; column < Block; column += TLanes.Count)
        {
            TVector total = TLanes.Zero;
            TVector weightTotal = TLanes.Zero;
            TVector largest = TLanes.Zero;
            byte* scales = values + (column * sizeof(float));
            for (nint j = column; j < count; j += Block, scales += blockBytes)
            {
                CachePrefetch.Read(ahead + (j * sizeof(float)), 1);
                TVector exponential = PowerOfTwo(TLanes.MultiplyAdd(TLanes.Load(scores + j), TLanes.Create(factor), TLanes.Create(-maximum)));
                TVector weight = TLanes.Multiply(exponential, TLanes.Load((float*)scales));
                TLanes.Store(weight, scores + j);
                total = TLanes.Add(total, exponential);
                weightTotal = TLanes.Add(weightTotal, weight);
                largest = TLanes.Max(largest, weight);
            }

            TLanes.Store(total, lanes + column);
            TLanes.Store(weightTotal, lanes + (GroupRows * Block) + column);
            TLanes.Store(largest, lanes + (2 * GroupRows * Block) + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(float* weights, nint count, float perUnit)
    {
        for (nint j = 0; j < count; j += TLanes.Count)
        {
            TLanes.StoreLow(TLanes.MultiplyAdd(TLanes.Load(weights + j), TLanes.Create(perUnit), TLanes.Create(Rounder)), (short*)weights + j);
        }
    }

    /// <summary>What a weight of one stands for, given a row's largest weight and all weights' sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Unit(float largest, float sum)
    {
        float limit = float.MaxNative(SmallestWeight, largest);
        return float.MaxNative(limit * (1 / Largest), float.MinNative(limit * (1 / LargestOfAny), float.MaxNative(SmallestWeight, sum) * (1 / LargestSum)));
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
