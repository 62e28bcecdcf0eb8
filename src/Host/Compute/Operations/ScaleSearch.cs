using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Numerics;

namespace Tessera.Compute.Operations;

/// <summary>
/// Chooses the scale of 32 columns in <see cref="ActivationEncoding.Q8"/>. The largest value need not become 127: of sixteen scales from there to 4 %
/// above, the one whose rounding errors happen to be smallest takes a fifth to a quarter off the encoding's squared error.
/// </summary>
internal static unsafe class ScaleSearch
{
    private const int Columns = 32;

    /// <summary>What the largest value may become.</summary>
    private static readonly Vector512<float> Largest = Vector512.Create(127f) - (Vector512.Create(
        0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * 0.3f);

    private static readonly Vector512<float> InverseSquares = Vector512<float>.One / (Largest * Largest);

    /// <summary>The inverse of the best scale.</summary>
    /// <param name="x">32 values.</param>
    /// <param name="max">Their largest magnitude, not 0.</param>
    public static float BestInverse(float* x, float max)
    {
        Vector512<float> inverses = Largest * (1 / max);
        Vector512<float> errors = Vector512.IsHardwareAccelerated
            ? SquaredErrors(x, inverses)
            : Vector512.Create(SquaredErrors(x, inverses.GetLower()), SquaredErrors(x, inverses.GetUpper()));

        // Errors are in units of the scale; those of the values differ by a factor that all have in common.
        return inverses[IndexOfMinimum(errors * InverseSquares)];
    }

    /// <summary>The first of the smallest numbers; the last one where none is a number.</summary>
    private static int IndexOfMinimum(Vector512<float> numbers)
    {
        Vector256<float> halves = Vector256.MinNative(numbers.GetLower(), numbers.GetUpper());
        Vector128<float> minimum = Vector128.MinNative(halves.GetLower(), halves.GetUpper());
        minimum = Vector128.MinNative(minimum, Vector128.Shuffle(minimum, Vector128.Create(2, 3, 0, 1)));
        minimum = Vector128.MinNative(minimum, Vector128.Shuffle(minimum, Vector128.Create(1, 0, 3, 2)));
        ulong equal = Vector512.Equals(numbers, Vector512.Create(minimum.ToScalar())).ExtractMostSignificantBits();
        return BitOperations.TrailingZeroCount(equal | (1ul << (Vector512<float>.Count - 1)));
    }

    private static Vector512<float> SquaredErrors(float* x, Vector512<float> inverses)
    {
        Vector512<float> a = Vector512<float>.Zero, b = a, c = a, d = a;
        for (int i = 0; i < Columns; i += 4)
        {
            a = AddSquare(a, x[i], inverses);
            b = AddSquare(b, x[i + 1], inverses);
            c = AddSquare(c, x[i + 2], inverses);
            d = AddSquare(d, x[i + 3], inverses);
        }

        return a + b + (c + d);
    }

    private static Vector256<float> SquaredErrors(float* x, Vector256<float> inverses)
    {
        Vector256<float> a = Vector256<float>.Zero, b = a, c = a, d = a;
        for (int i = 0; i < Columns; i += 4)
        {
            a = AddSquare(a, x[i], inverses);
            b = AddSquare(b, x[i + 1], inverses);
            c = AddSquare(c, x[i + 2], inverses);
            d = AddSquare(d, x[i + 3], inverses);
        }

        return a + b + (c + d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddSquare(Vector512<float> sum, float x, Vector512<float> inverses)
    {
        Vector512<float> value = Vector512.Create(x) * inverses;
        Vector512<float> error = value - Vector512.Round(value);
        return Vector512.MultiplyAddEstimate(error, error, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddSquare(Vector256<float> sum, float x, Vector256<float> inverses)
    {
        Vector256<float> value = Vector256.Create(x) * inverses;
        Vector256<float> error = value - Vector256.Round(value);
        return Vector256.MultiplyAddEstimate(error, error, sum);
    }
}
