using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>
/// Finds scale and minimum of sub-blocks. Each candidate is a little more or fewer steps than codes between the minimum and the greatest value; the values
/// are rounded to its codes, and for these codes the weighted least squares have a scale and a minimum. They serve if the error is smaller than before, and
/// the next candidates start from that minimum. A minimum is never above zero, so that zero has a code.
/// </summary>
/// <param name="Largest">The largest code.</param>
/// <param name="First">The first candidate: steps beyond <paramref name="Largest"/>.</param>
/// <param name="Step">From candidate to candidate.</param>
/// <param name="Candidates">Their number.</param>
/// <param name="AbsoluteErrors">Whether candidates are compared by absolute errors instead of squared ones.</param>
public readonly unsafe partial record struct AffineSearch(int Largest, float First, float Step, int Candidates, bool AbsoluteErrors = false)
{
    /// <summary>The candidates that all formats have where the importance of columns is known.</summary>
    public static AffineSearch Weighted(int largest) => new(largest, First: -0.9f, Step: 0.05f, Candidates: 37);

    /// <summary>Fits eight sub-blocks.</summary>
    /// <param name="x">The values, <see cref="SideBySide"/>.</param>
    /// <param name="weights">The errors' weights, the same.</param>
    /// <param name="length">Elements in each, up to <see cref="SideBySide.MaxLength"/>.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public AffineFit Fit(float* x, float* weights, int length)
    {
        Vector256<float> least = Vector256.Load(x), greatest = least;
        Vector256<float> sumW = Vector256.Load(weights), sumX = sumW * least;
        for (int i = SideBySide.Lanes; i < length * SideBySide.Lanes; i += SideBySide.Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            Vector256<float> w = Vector256.Load(weights + i);
            least = Vector256.ConditionalSelect(Vector256.LessThan(value, least), value, least);
            greatest = Vector256.ConditionalSelect(Vector256.GreaterThan(value, greatest), value, greatest);
            sumW += w;
            sumX += w * value;
        }

        Vector256<float> minimum = Vector256.ConditionalSelect(Vector256.GreaterThan(least, Vector256<float>.Zero), Vector256<float>.Zero, least);
        Vector256<float> isConstant = Vector256.Equals(greatest, minimum);
        float* codes = stackalloc float[SideBySide.MaxLength * SideBySide.Lanes];
        Vector256<float> inverse = Vector256.Create((float)Largest) / (greatest - minimum), origin = minimum;
        Vector256<float> scale = Vector256<float>.One / inverse;
        _ = Round(x, weights, length, inverse, origin, codes);
        Vector256<float> smallest = ErrorOf(codes, x, weights, length, scale, minimum);
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            Vector256<float> candidateInverse = Vector256.Create(StepsOf(candidate)) / (greatest - minimum);
            Sums sums = Round(x, weights, length, candidateInverse, minimum, codes);
            Vector256<float> determinant = (sumW * sums.SquaredCodes) - (sums.Codes * sums.Codes);
            Vector256<float> candidateScale = ((sumW * sums.Products) - (sumX * sums.Codes)) / determinant;
            Vector256<float> candidateMinimum = ((sums.SquaredCodes * sumX) - (sums.Codes * sums.Products)) / determinant;
            Vector256<float> isAbove = Vector256.GreaterThan(candidateMinimum, Vector256<float>.Zero);
            candidateMinimum = Vector256.ConditionalSelect(isAbove, Vector256<float>.Zero, candidateMinimum);
            candidateScale = Vector256.ConditionalSelect(isAbove, sums.Products / sums.SquaredCodes, candidateScale);

            Vector256<float> error = ErrorOf(codes, x, weights, length, candidateScale, candidateMinimum);
            Vector256<float> isBetter = Vector256.AndNot(
                Vector256.GreaterThan(determinant, Vector256<float>.Zero) & Vector256.LessThan(error, smallest), isConstant);
            smallest = Vector256.ConditionalSelect(isBetter, error, smallest);
            inverse = Vector256.ConditionalSelect(isBetter, candidateInverse, inverse);
            origin = Vector256.ConditionalSelect(isBetter, minimum, origin);
            scale = Vector256.ConditionalSelect(isBetter, candidateScale, scale);
            minimum = Vector256.ConditionalSelect(isBetter, candidateMinimum, minimum);
        }

        return new()
        {
            Scale = Vector256.AndNot(scale, isConstant),
            Minimum = -minimum,
            Inverse = Vector256.AndNot(inverse, isConstant),
            Origin = origin,
            TotalWeight = sumW,
        };
    }

    private float StepsOf(int candidate) => First + (Step * candidate) + Largest;

    /// <summary>Rounds to codes and sums over them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Sums Round(float* x, float* weights, int length, Vector256<float> inverse, Vector256<float> origin, float* codes)
    {
        var largest = Vector256.Create((float)Largest);
        Vector256<float> sumL = Vector256<float>.Zero, sumL2 = sumL, sumXL = sumL;
        for (int i = 0; i < length * SideBySide.Lanes; i += SideBySide.Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            Vector256<float> code = NearestInteger.Clamped(inverse * (value - origin), Vector256<float>.Zero, largest);
            code.Store(codes + i);
            Vector256<float> weighted = Vector256.Load(weights + i) * code;
            sumL += weighted;
            sumL2 += weighted * code;
            sumXL += weighted * value;
        }

        return new(sumL, sumL2, sumXL);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> ErrorOf(float* codes, float* x, float* weights, int length, Vector256<float> scale, Vector256<float> minimum)
    {
        var error = Vector256<float>.Zero;
        for (int i = 0; i < length * SideBySide.Lanes; i += SideBySide.Lanes)
        {
            Vector256<float> difference = (scale * Vector256.Load(codes + i)) + minimum - Vector256.Load(x + i);
            difference = AbsoluteErrors ? Vector256.Abs(difference) : difference * difference;
            error += Vector256.Load(weights + i) * difference;
        }

        return error;
    }

    /// <summary>Weighted sums over codes, their squares, and their products with the values.</summary>
    private readonly record struct Sums(Vector256<float> Codes, Vector256<float> SquaredCodes, Vector256<float> Products);
}
