using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Runtime.Matrices;

/// <summary>
/// Chooses the scales of <see cref="ActivationParts.Q8"/> for eight blocks of 32 columns. A block's largest value need not become 127: of sixteen
/// scales from there to 4 % above, the one whose rounding errors happen to be smallest takes a fifth to a quarter off the encoding's squared error.
/// </summary>
/// <remarks>
/// Rounding errors are found in integers. Values are fixed-point numbers of 7 fractional bits whose largest is 127; a candidate is a factor of 9
/// fractional bits, 1 or a little less. Their product has 16 fractional bits, so its lower half, as a signed number, is the value's rounding error in units of
/// 2^-16. A lane is a block, so that nothing is summed within a vector.
/// </remarks>
internal static unsafe class ScaleSearch
{
    /// <summary>What a block's values are multiplied with, besides the inverse of the largest, to become fixed-point numbers.</summary>
    public const float FixedPoint = 127 << 7;

    private const int Pairs = 16;
    private const int FactorOne = 1 << 9;

    /// <summary>Sixteen sums of two squares of at most 2^30 fit 31 bits when they are taken over 2^5.</summary>
    private const int SquareShift = 5;

    // 127 to 122.5 for the largest value, in steps of 0.3.
    private static ReadOnlySpan<short> Factors => [512, 511, 510, 508, 507, 506, 505, 504, 502, 501, 500, 499, 497, 496, 495, 494];

    /// <summary>What each block's largest value becomes with its best scale.</summary>
    /// <param name="pairs">The blocks' values as fixed-point numbers, [pair of columns][block][2].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> BestLargest(Vector256<short>* pairs)
    {
        Vector256<float> smallest = Vector256.Create(float.PositiveInfinity);
        Vector256<float> best = Vector256.Create(127f);
        foreach (short factor in Factors)
        {
            float largest = 127f * factor / FactorOne;

            // Errors are in units of the scale; those of the values differ by a factor that all have in common.
            Vector256<float> errors = Vector256.ConvertToSingle(SquaredErrors(pairs, Vector256.Create(factor))) * (1 / (largest * largest));
            Vector256<float> isBetter = Vector256.LessThan(errors, smallest);
            smallest = Vector256.ConditionalSelect(isBetter, errors, smallest);
            best = Vector256.ConditionalSelect(isBetter, Vector256.Create(largest), best);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> SquaredErrors(Vector256<short>* pairs, Vector256<short> factor)
    {
        Vector256<int> a = Vector256<int>.Zero, b = a, c = a, d = a;
        for (int pair = 0; pair < Pairs; pair += 4)
        {
            a += SquaredErrors(pairs[pair] * factor);
            b += SquaredErrors(pairs[pair + 1] * factor);
            c += SquaredErrors(pairs[pair + 2] * factor);
            d += SquaredErrors(pairs[pair + 3] * factor);
        }

        return a + b + (c + d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> SquaredErrors(Vector256<short> errors)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.MultiplyAddAdjacent(errors, errors) >>> SquareShift;
        }

        Vector256<int> first = errors.AsInt32() << 16 >> 16;
        Vector256<int> second = errors.AsInt32() >> 16;
        return ((first * first) + (second * second)) >>> SquareShift;
    }
}
