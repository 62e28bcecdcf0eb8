namespace Tessera.Kernels.Quantization;

/// <summary>The definition, for a single sub-block: tests compare the vectors with it, and scales that are quantized themselves are one.</summary>
public readonly unsafe partial record struct SymmetricSearch
{
    /// <summary>Fits one sub-block.</summary>
    /// <param name="x">The values.</param>
    /// <param name="weights">The errors' weights.</param>
    /// <param name="inverse">What gives the codes: <c>code = round(inverse * x)</c>. 0 where all values are next to nothing.</param>
    /// <returns>The step from code to code.</returns>
    public float FitOne(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, out float inverse)
    {
        float farthest = 0;
        foreach (float value in x)
        {
            farthest = MathF.Abs(value) > MathF.Abs(farthest) ? value : farthest;
        }

        inverse = 0;
        if (MathF.Abs(farthest) < NextToNothing)
        {
            return 0;
        }

        float scale = 0, best = 0;
        for (int attempt = -1; attempt < 2 * CandidatesOnEachSide; attempt++)
        {
            // The middle candidate comes first, and takes the place of nothing.
            int candidate = attempt < 0 ? 0 : attempt - CandidatesOnEachSide + (attempt < CandidatesOnEachSide ? 0 : 1);
            float candidateInverse = -(Farthest + (Step * candidate)) / farthest;
            float sumXL = 0, sumL2 = 0;
            for (int i = 0; i < x.Length; i++)
            {
                int code = CodeOf(x[i], candidateInverse);
                sumXL += weights[i] * x[i] * code;
                sumL2 += weights[i] * code * code;
            }

            if (attempt < 0 || (sumL2 > 0 && sumXL * sumXL > best * sumL2))
            {
                scale = sumL2 == 0 ? 0 : sumXL / sumL2;
                best = scale * sumXL;
                inverse = candidateInverse;
            }
        }

        return scale;
    }

    /// <summary>A value's code.</summary>
    public int CodeOf(float x, float inverse) => Math.Clamp(NearestInteger.Of(inverse * x), -Farthest, Farthest - 1);
}
