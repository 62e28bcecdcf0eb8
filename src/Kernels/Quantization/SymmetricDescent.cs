using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>
/// Finds the scale of sub-blocks without a minimum by changing codes one by one: each value in turn takes the code that fits best to the others', if the
/// weighted least squares become smaller by it. Errors weigh the squares of the values.
/// </summary>
/// <param name="Farthest">Codes go from <c>-Farthest</c> to <c>Farthest - 1</c>; the value farthest from zero starts with <c>-Farthest</c>.</param>
public readonly unsafe partial record struct SymmetricDescent(int Farthest)
{
    private const int Rounds = 5;

    /// <summary>Fits eight sub-blocks.</summary>
    /// <param name="x">The values, <see cref="SideBySide"/>.</param>
    /// <param name="length">Elements in each.</param>
    /// <param name="codes">Receives the codes plus <see cref="Farthest"/>, the same; 0 where all values are next to nothing.</param>
    /// <returns>The step from code to code.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Vector256<float> Fit(float* x, int length, float* codes)
    {
        int end = length * SideBySide.Lanes;
        Vector256<float> lowest = Vector256.Create((float)-Farthest), highest = Vector256.Create((float)(Farthest - 1));
        Vector256<float> inverse = lowest / SymmetricSearch.FarthestOf(x, length, out Vector256<float> isNothing);
        Vector256<float> sumXL = Vector256<float>.Zero, sumL2 = sumXL;
        for (int i = 0; i < end; i += SideBySide.Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            Vector256<float> code = NearestInteger.Clamped(inverse * value, lowest, highest);
            Vector256<float> weight = value * value;
            sumXL += weight * value * code;
            sumL2 += weight * code * code;
            code.Store(codes + i);
        }

        // A lane that a round does not change is not changed by the next, whatever the others do.
        bool changed = true;
        for (int round = 0; changed && round < Rounds; round++)
        {
            var anyChange = Vector256<float>.Zero;
            for (int i = 0; i < end; i += SideBySide.Lanes)
            {
                Vector256<float> value = Vector256.Load(x + i), code = Vector256.Load(codes + i);
                Vector256<float> weight = value * value;
                Vector256<float> othersXL = sumXL - (weight * value * code);
                Vector256<float> othersL2 = sumL2 - (weight * code * code);
                Vector256<float> other = NearestInteger.Clamped(value * othersL2 / othersXL, lowest, highest);
                Vector256<float> otherXL = othersXL + (weight * value * other);
                Vector256<float> otherL2 = othersL2 + (weight * other * other);
                Vector256<float> isBetter = Vector256.GreaterThan(othersXL, Vector256<float>.Zero)
                    & Vector256.GreaterThan(otherL2, Vector256<float>.Zero)
                    & Vector256.GreaterThan(otherXL * otherXL * sumL2, sumXL * sumXL * otherL2)
                    & ~Vector256.Equals(other, code);
                sumXL = Vector256.ConditionalSelect(isBetter, otherXL, sumXL);
                sumL2 = Vector256.ConditionalSelect(isBetter, otherL2, sumL2);
                Vector256.ConditionalSelect(isBetter, other, code).Store(codes + i);
                anyChange |= isBetter;
            }

            changed = anyChange.AsInt32() != Vector256<int>.Zero;
        }

        for (int i = 0; i < end; i += SideBySide.Lanes)
        {
            Vector256.AndNot(Vector256.Load(codes + i) - lowest, isNothing).Store(codes + i);
        }

        Vector256<float> isFitted = Vector256.AndNot(Vector256.GreaterThan(sumL2, Vector256<float>.Zero), isNothing);
        return (sumXL / sumL2) & isFitted;
    }
}
