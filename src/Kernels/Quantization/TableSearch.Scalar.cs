namespace Tessera.Kernels.Quantization;

/// <summary>The definition, one block at a time. Tests compare the vectors with it.</summary>
public static unsafe partial class TableSearch
{
    internal static float FitOne(ReadOnlySpan<float> x, ReadOnlySpan<float> weights)
    {
        float farthest = 0;
        foreach (float value in x)
        {
            farthest = MathF.Abs(value) > MathF.Abs(farthest) ? value : farthest;
        }

        if (MathF.Abs(farthest) < SymmetricSearch.NextToNothing)
        {
            return 0;
        }

        float scale = 0, best = 0;
        for (int candidate = -CandidatesOnEachSide - 1; candidate <= CandidatesOnEachSide; candidate++)
        {
            // The first, which takes the place of nothing, is the middle one but for the rounding of its inverse.
            bool isFirst = candidate < -CandidatesOnEachSide;
            float inverse = isFirst ? 1 / (-farthest / Lowest) : (candidate + Lowest) / farthest;
            float sumXQ = 0, sumQ2 = 0;
            for (int i = 0; i < x.Length; i++)
            {
                float q = ValueOf(CodeOf(inverse * x[i]));
                sumXQ += weights[i] * q * x[i];
                sumQ2 += weights[i] * q * q;
            }

            if (isFirst || (sumQ2 > 0 && sumXQ * sumXQ > best * sumQ2))
            {
                scale = sumQ2 > 0 ? sumXQ / sumQ2 : 0;
                best = scale * sumXQ;
            }
        }

        return scale;
    }

    /// <summary>The code whose value is nearest, of two equally near ones the greater.</summary>
    internal static int CodeOf(float value)
    {
        int code = 0;
        while (code < LargestCode && !(value - ValueOf(code) < ValueOf(code + 1) - value))
        {
            code++;
        }

        return code;
    }

    internal static float ValueOf(int code) => code == 0 ? Lowest : Values[code - 1];
}
