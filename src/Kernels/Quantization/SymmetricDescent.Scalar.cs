namespace Tessera.Kernels.Quantization;

/// <summary>The definition, one sub-block at a time. Tests compare the vectors with it.</summary>
public readonly unsafe partial record struct SymmetricDescent
{
    internal float FitOne(ReadOnlySpan<float> x, Span<int> codes)
    {
        float farthest = 0;
        foreach (float value in x)
        {
            farthest = MathF.Abs(value) > MathF.Abs(farthest) ? value : farthest;
        }

        codes.Clear();
        if (MathF.Abs(farthest) < SymmetricSearch.NextToNothing)
        {
            return 0;
        }

        float sumXL = 0, sumL2 = 0;
        for (int i = 0; i < x.Length; i++)
        {
            float weight = x[i] * x[i];
            codes[i] = Math.Clamp(NearestInteger.Of(-Farthest / farthest * x[i]), -Farthest, Farthest - 1);
            sumXL += weight * x[i] * codes[i];
            sumL2 += weight * codes[i] * codes[i];
        }

        for (int round = 0; round < Rounds && Improve(x, codes, ref sumXL, ref sumL2); round++)
        {
        }

        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] += Farthest;
        }

        return sumL2 > 0 ? sumXL / sumL2 : 0;
    }

    private bool Improve(ReadOnlySpan<float> x, Span<int> codes, ref float sumXL, ref float sumL2)
    {
        bool changed = false;
        for (int i = 0; i < x.Length; i++)
        {
            float weight = x[i] * x[i];
            float othersXL = sumXL - (weight * x[i] * codes[i]);
            if (!(othersXL > 0))
            {
                continue;
            }

            float othersL2 = sumL2 - (weight * codes[i] * codes[i]);
            int other = Math.Clamp(NearestInteger.Of(x[i] * othersL2 / othersXL), -Farthest, Farthest - 1);
            if (other == codes[i])
            {
                continue;
            }

            othersXL += weight * x[i] * other;
            othersL2 += weight * other * other;
            if (othersL2 > 0 && othersXL * othersXL * sumL2 > sumXL * sumXL * othersL2)
            {
                (codes[i], sumXL, sumL2, changed) = (other, othersXL, othersL2, true);
            }
        }

        return changed;
    }
}
