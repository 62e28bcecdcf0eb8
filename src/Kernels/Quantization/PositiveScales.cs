namespace Tessera.Kernels.Quantization;

/// <summary>
/// Quantizes the scales, or the minimums, of a super-block's sub-blocks where the importance of columns is known: from several candidates the one with the
/// smallest weighted squared error, then code by code whatever brings the codes nearer to the direction of the values.
/// </summary>
public static unsafe class PositiveScales
{
    private const int CandidatesOnEachSide = 4;
    private const float Step = 0.1f;
    private const int Rounds = 5;

    /// <summary>Finds codes from 0 to <paramref name="largest"/>.</summary>
    /// <param name="x">The scales.</param>
    /// <param name="weights">The errors' weights.</param>
    /// <param name="largest">The largest code.</param>
    /// <param name="codes">Receives the codes.</param>
    /// <returns>The step from code to code.</returns>
    public static float Fit(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, int largest, Span<byte> codes)
    {
        float greatest = 0;
        foreach (float value in x)
        {
            greatest = value > greatest ? value : greatest;
        }

        if (greatest < SymmetricSearch.NextToNothing)
        {
            codes.Clear();
            return 0;
        }

        float inverse = BestInverse(x, weights, largest, greatest);
        float sumXL = 0, sumL2 = 0;
        for (int i = 0; i < x.Length; i++)
        {
            int code = Math.Min(largest, NearestInteger.Of(inverse * x[i]));
            codes[i] = (byte)code;
            sumXL += weights[i] * x[i] * code;
            sumL2 += weights[i] * code * code;
        }

        for (int round = 0; round < Rounds && Improve(x, weights, largest, codes, ref sumXL, ref sumL2); round++)
        {
        }

        return sumL2 > 0 ? sumXL / sumL2 : 0;
    }

    private static float BestInverse(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, int largest, float greatest)
    {
        float inverse = largest / greatest;
        float smallest = ErrorOf(x, weights, int.MaxValue, inverse);
        for (int candidate = -CandidatesOnEachSide; candidate <= CandidatesOnEachSide; candidate++)
        {
            float candidateInverse = ((Step * candidate) + largest) / greatest;
            float error = candidate == 0 ? float.NaN : ErrorOf(x, weights, largest, candidateInverse);
            if (error < smallest)
            {
                (smallest, inverse) = (error, candidateInverse);
            }
        }

        return inverse;
    }

    private static float ErrorOf(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, int largest, float inverse)
    {
        float scale = 1 / inverse, error = 0;
        for (int i = 0; i < x.Length; i++)
        {
            float difference = x[i] - (scale * Math.Min(largest, NearestInteger.Of(inverse * x[i])));
            error += weights[i] * difference * difference;
        }

        return error;
    }

    /// <summary>Gives each value the code that fits best to the others' and keeps it where the angle to the values becomes smaller.</summary>
    /// <returns>Whether any code has changed.</returns>
    private static bool Improve(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, int largest, Span<byte> codes, ref float sumXL, ref float sumL2)
    {
        bool changed = false;
        for (int i = 0; i < x.Length; i++)
        {
            float w = weights[i];
            float othersXL = sumXL - (w * x[i] * codes[i]);
            float othersL2 = sumL2 - (w * codes[i] * codes[i]);
            if (!(othersXL > 0 && othersL2 > 0))
            {
                continue;
            }

            int code = Math.Min(largest, NearestInteger.Of(x[i] * othersL2 / othersXL));
            if (code == codes[i])
            {
                continue;
            }

            othersXL += w * x[i] * code;
            othersL2 += w * code * code;
            if (othersXL * othersXL * sumL2 > sumXL * sumXL * othersL2)
            {
                (codes[i], sumXL, sumL2, changed) = ((byte)code, othersXL, othersL2, true);
            }
        }

        return changed;
    }
}
