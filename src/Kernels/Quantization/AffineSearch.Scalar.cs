namespace Tessera.Kernels.Quantization;

/// <summary>The definition, one sub-block at a time. Tests compare the vectors with it.</summary>
public readonly unsafe partial record struct AffineSearch
{
    internal (float Scale, float Minimum, float Inverse, float Origin) FitOne(ReadOnlySpan<float> x, ReadOnlySpan<float> weights)
    {
        float minimum = x[0], greatest = x[0], sumW = weights[0], sumX = weights[0] * x[0];
        for (int i = 1; i < x.Length; i++)
        {
            minimum = x[i] < minimum ? x[i] : minimum;
            greatest = x[i] > greatest ? x[i] : greatest;
            sumW += weights[i];
            sumX += weights[i] * x[i];
        }

        minimum = minimum > 0 ? 0 : minimum;
        if (greatest == minimum)
        {
            return (0, -minimum, 0, minimum);
        }

        float inverse = Largest / (greatest - minimum), origin = minimum, scale = 1 / inverse;
        float smallest = ErrorOf(x, weights, inverse, origin, scale, minimum);
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            float candidateInverse = StepsOf(candidate) / (greatest - minimum);
            float sumL = 0, sumL2 = 0, sumXL = 0;
            for (int i = 0; i < x.Length; i++)
            {
                int code = CodeOf(x[i], candidateInverse, minimum);
                sumL += weights[i] * code;
                sumL2 += weights[i] * code * code;
                sumXL += weights[i] * code * x[i];
            }

            float determinant = (sumW * sumL2) - (sumL * sumL);
            if (!(determinant > 0))
            {
                continue;
            }

            float candidateScale = ((sumW * sumXL) - (sumX * sumL)) / determinant;
            float candidateMinimum = ((sumL2 * sumX) - (sumL * sumXL)) / determinant;
            if (candidateMinimum > 0)
            {
                candidateMinimum = 0;
                candidateScale = sumXL / sumL2;
            }

            float error = ErrorOf(x, weights, candidateInverse, minimum, candidateScale, candidateMinimum);
            if (error < smallest)
            {
                (smallest, inverse, origin, scale, minimum) = (error, candidateInverse, minimum, candidateScale, candidateMinimum);
            }
        }

        return (scale, -minimum, inverse, origin);
    }

    private int CodeOf(float x, float inverse, float origin) => Math.Clamp(NearestInteger.Of(inverse * (x - origin)), 0, Largest);

    private float ErrorOf(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, float inverse, float origin, float scale, float minimum)
    {
        float error = 0;
        for (int i = 0; i < x.Length; i++)
        {
            float difference = (scale * CodeOf(x[i], inverse, origin)) + minimum - x[i];
            error += weights[i] * (AbsoluteErrors ? MathF.Abs(difference) : difference * difference);
        }

        return error;
    }
}
