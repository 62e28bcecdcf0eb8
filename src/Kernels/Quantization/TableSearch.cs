using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>
/// Finds the scale of blocks whose codes stand for the sixteen values of the table that IQ4_NL and IQ4_XS share. The weight farthest from zero becomes
/// -127, or in other candidates up to 7 more or less, and all take the nearest values; the weighted least squares for these have a scale. The one with
/// the smallest error serves.
/// </summary>
public static unsafe partial class TableSearch
{
    private const int CandidatesOnEachSide = 7;
    private const float Lowest = -127;
    private const int LargestCode = 15;

    /// <summary>Values but for the first.</summary>
    private static ReadOnlySpan<float> Values => [-104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Halfway from each value to the next; from there on the next is taken.</summary>
    private static ReadOnlySpan<float> Middles => [-115.5f, -93.5f, -74, -57, -42, -28.5f, -16, -4.5f, 7, 19, 31.5f, 45.5f, 61, 79, 101];

    /// <summary>Fits eight blocks.</summary>
    /// <param name="x">The weights, <see cref="SideBySide"/>.</param>
    /// <param name="weights">What errors weigh, the same.</param>
    /// <param name="length">Elements in each.</param>
    /// <returns>The scales, 0 where all weights are next to nothing.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector256<float> Fit(float* x, float* weights, int length)
    {
        Vector256<float> farthest = SymmetricSearch.FarthestOf(x, length, out Vector256<float> isNothing);
        (Vector256<float> sumXQ, Vector256<float> sumQ2) = Round(x, weights, length, Vector256<float>.One / (-farthest / Vector256.Create(Lowest)));
        Vector256<float> scale = (sumXQ / sumQ2) & Vector256.GreaterThan(sumQ2, Vector256<float>.Zero);
        Vector256<float> best = scale * sumXQ;
        for (int candidate = -CandidatesOnEachSide; candidate <= CandidatesOnEachSide; candidate++)
        {
            (sumXQ, sumQ2) = Round(x, weights, length, Vector256.Create(candidate + Lowest) / farthest);
            Vector256<float> isBetter = Vector256.GreaterThan(sumQ2, Vector256<float>.Zero) & Vector256.GreaterThan(sumXQ * sumXQ, best * sumQ2);
            scale = Vector256.ConditionalSelect(isBetter, sumXQ / sumQ2, scale);
            best = Vector256.ConditionalSelect(isBetter, scale * sumXQ, best);
        }

        return Vector256.AndNot(scale, isNothing);
    }

    /// <summary>The codes of 32 weights.</summary>
    /// <param name="x">The weights, in order.</param>
    /// <param name="inverse">Of the scale.</param>
    /// <param name="codes">Receives the codes.</param>
    public static void CodesOf(float* x, float inverse, byte* codes)
    {
        for (int i = 0; i < SideBySide.MaxLength; i += 2 * Vector256<float>.Count)
        {
            Codes.Store(CodesOf(Vector256.Load(x + i) * inverse), CodesOf(Vector256.Load(x + i + Vector256<float>.Count) * inverse), codes + i);
        }
    }

    private static Vector256<int> CodesOf(Vector256<float> values)
    {
        var code = Vector256.Create(LargestCode);
        foreach (float middle in Middles)
        {
            code += Vector256.LessThan(values, Vector256.Create(middle)).AsInt32();
        }

        return code;
    }

    /// <summary>Rounds to the table's values and sums their products with the weights, and their squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Products, Vector256<float> Squares) Round(float* x, float* weights, int length, Vector256<float> inverse)
    {
        ReadOnlySpan<float> values = Values, middles = Middles;
        Vector256<float> sumXQ = Vector256<float>.Zero, sumQ2 = sumXQ;
        for (int i = 0; i < length * SideBySide.Lanes; i += SideBySide.Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            Vector256<float> scaled = inverse * value;
            Vector256<float> q = Vector256.Create(Lowest);
            for (int k = 0; k < LargestCode; k++)
            {
                q = Vector256.ConditionalSelect(Vector256.LessThan(scaled, Vector256.Create(middles[k])), q, Vector256.Create(values[k]));
            }

            Vector256<float> weighted = Vector256.Load(weights + i) * q;
            sumXQ += weighted * value;
            sumQ2 += weighted * q;
        }

        return (sumXQ, sumQ2);
    }
}
