using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>
/// Finds the scale of sub-blocks without a minimum, whose codes go from <c>-Farthest</c> to <c>Farthest - 1</c>. The value farthest from zero takes the
/// code -Farthest, or in other candidates up to 0.9 more or less; the values are rounded to a candidate's codes, and the weighted least squares for
/// these codes have a scale. The one with the smallest error serves.
/// </summary>
/// <param name="Farthest">The code that is farthest from zero, without its sign.</param>
public readonly unsafe partial record struct SymmetricSearch(int Farthest)
{
    /// <summary>Sub-blocks whose values are all smaller are taken for zeros.</summary>
    public const float NextToNothing = 1e-15f;

    private const int CandidatesOnEachSide = 9;
    private const float Step = 0.1f;

    /// <summary>Fits eight sub-blocks.</summary>
    /// <param name="x">The values, <see cref="SideBySide"/>.</param>
    /// <param name="weights">The errors' weights, the same.</param>
    /// <param name="length">Elements in each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SymmetricFit Fit(float* x, float* weights, int length)
    {
        Vector256<float> farthest = FarthestOf(x, length, out Vector256<float> isNothing);
        Vector256<float> inverse = Vector256.Create((float)-Farthest) / farthest;
        (Vector256<float> sumXL, Vector256<float> sumL2) = Round(x, weights, length, inverse);
        Vector256<float> scale = Vector256.ConditionalSelect(Vector256.Equals(sumL2, Vector256<float>.Zero), Vector256<float>.Zero, sumXL / sumL2);
        Vector256<float> best = scale * sumXL;
        for (int candidate = -CandidatesOnEachSide; candidate <= CandidatesOnEachSide; candidate++)
        {
            if (candidate == 0)
            {
                continue;
            }

            Vector256<float> candidateInverse = Vector256.Create(-(Farthest + (Step * candidate))) / farthest;
            (sumXL, sumL2) = Round(x, weights, length, candidateInverse);
            Vector256<float> isBetter = Vector256.GreaterThan(sumL2, Vector256<float>.Zero) & Vector256.GreaterThan(sumXL * sumXL, best * sumL2);
            scale = Vector256.ConditionalSelect(isBetter, sumXL / sumL2, scale);
            best = Vector256.ConditionalSelect(isBetter, scale * sumXL, best);
            inverse = Vector256.ConditionalSelect(isBetter, candidateInverse, inverse);
        }

        return new() { Scale = Vector256.AndNot(scale, isNothing), Inverse = Vector256.AndNot(inverse, isNothing) };
    }

    /// <summary>The value that is farthest from zero, the first of several.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> FarthestOf(float* x, int length, out Vector256<float> isNothing)
    {
        Vector256<float> farthest = Vector256<float>.Zero, magnitude = farthest;
        for (int i = 0; i < length * SideBySide.Lanes; i += SideBySide.Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            Vector256<float> absolute = Vector256.Abs(value);
            Vector256<float> isFarther = Vector256.GreaterThan(absolute, magnitude);
            magnitude = Vector256.ConditionalSelect(isFarther, absolute, magnitude);
            farthest = Vector256.ConditionalSelect(isFarther, value, farthest);
        }

        isNothing = Vector256.LessThan(magnitude, Vector256.Create(NextToNothing));
        return farthest;
    }

    /// <summary>Rounds to codes and sums their products with the values, and their squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (Vector256<float> Products, Vector256<float> SquaredCodes) Round(float* x, float* weights, int length, Vector256<float> inverse)
    {
        Vector256<float> lowest = Vector256.Create((float)-Farthest), highest = Vector256.Create((float)(Farthest - 1));
        Vector256<float> sumXL = Vector256<float>.Zero, sumL2 = sumXL;
        for (int i = 0; i < length * SideBySide.Lanes; i += SideBySide.Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            Vector256<float> weight = Vector256.Load(weights + i);
            Vector256<float> code = NearestInteger.Clamped(inverse * value, lowest, highest);
            sumXL += weight * value * code;
            sumL2 += weight * code * code;
        }

        return (sumXL, sumL2);
    }
}
