using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Runtime.State;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Attention;

/// <summary>A row's scores of a chunk become weights: <c>exp(score - maximum)</c>.</summary>
internal static unsafe class RowSoftmax<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Block = KvLayout.BlockPositions;

    // Below it e^x leaves the normal numbers.
    private const float SmallestExponent = -87;
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts: the first has 9 bits, so that its product with a whole number of up to 15 bits is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194442e-4f;

    // 1.5 x 2^23: a number of less than 2^22 added to it is rounded to a whole one, which stands in the sum's lowest bits.
    private const float Rounder = 12582912;

    /// <param name="scores">Scores, at least 1; their block of 16 is filled up with weights of zero.</param>
    /// <param name="count">How many.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="sum">The weights' sum.</param>
    /// <returns>The maximum.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Weigh(float* scores, int count, float scale, out float sum)
    {
        float* lanes = stackalloc float[Block];
        int whole = count / Block * Block;
        int padded = KvLayout.Padded(count);
        TVector factor = TLanes.Broadcast(&scale);
        for (int j = whole; j < padded; j += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(scores + j), factor), scores + j);
        }

        new Span<float>(scores + count, padded - count).Fill(float.NegativeInfinity);
        for (int column = 0; column < Block; column += TLanes.Count)
        {
            float lowest = float.NegativeInfinity;
            TVector max = whole < padded ? TLanes.Load(scores + whole + column) : TLanes.Broadcast(&lowest);
            for (int j = column; j < whole; j += Block)
            {
                TVector scaled = TLanes.Multiply(TLanes.Load(scores + j), factor);
                TLanes.Store(scaled, scores + j);
                max = TLanes.Max(max, scaled);
            }

            TLanes.Store(max, lanes + column);
        }

        float maximum = Max(lanes);
        TVector subtrahend = TLanes.Broadcast(&maximum);
        for (int column = 0; column < Block; column += TLanes.Count)
        {
            TVector total = TLanes.Zero;
            for (int j = column; j < padded; j += Block)
            {
                TVector weights = Exp(TLanes.Subtract(TLanes.Load(scores + j), subtrahend));
                TLanes.Store(weights, scores + j);
                total = TLanes.Add(total, weights);
            }

            TLanes.Store(total, lanes + column);
        }

        sum = Sum(lanes);
        return maximum;
    }

    /// <summary>e^x for x of 0 or less, to 0.6 units in the last place; below -87 zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Exp(TVector x)
    {
        // e^x = 2^n e^r with |r| <= ln(2) / 2; e^r = 1 + r + r^2 p(r), with p through the five Chebyshev nodes there.
        TVector rounded = TLanes.MultiplyAdd(x, Of(Log2E), Of(Rounder));
        TVector n = TLanes.Subtract(rounded, Of(Rounder));
        TVector r = TLanes.MultiplyAdd(n, Of(-Ln2High), x);
        r = TLanes.MultiplyAdd(n, Of(-Ln2Low), r);
        TVector e = TLanes.MultiplyAdd(Of(0.0013926176f), r, Of(0.008363173f));
        e = TLanes.MultiplyAdd(e, r, Of(0.041666556f));
        e = TLanes.MultiplyAdd(e, r, Of(0.16666578f));
        e = TLanes.MultiplyAdd(e, r, Of(0.5f));
        e = TLanes.MultiplyAdd(e, r, Of(1));
        e = TLanes.MultiplyAdd(e, r, Of(1));
        return TLanes.ZeroBelow(x, Of(SmallestExponent), TLanes.AddExponent(e, rounded));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Of(float value) => TLanes.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Max(float* lanes)
    {
        Vector128<float> a = Vector128.MaxNative(Vector128.Load(lanes), Vector128.Load(lanes + 8));
        Vector128<float> b = Vector128.MaxNative(Vector128.Load(lanes + 4), Vector128.Load(lanes + 12));
        Vector128<float> max = Vector128.MaxNative(a, b);
        return float.MaxNative(float.MaxNative(max[0], max[1]), float.MaxNative(max[2], max[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Sum(float* lanes)
    {
        Vector128<float> sum = Vector128.Load(lanes) + Vector128.Load(lanes + 8) + (Vector128.Load(lanes + 4) + Vector128.Load(lanes + 12));
        return sum[0] + sum[2] + (sum[1] + sum[3]);
    }
}
