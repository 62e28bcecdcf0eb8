using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tessera.Generation;

/// <summary>One pass over all logits that finds the largest and refuses those that no token can be chosen from.</summary>
internal static class Logits
{
    /// <summary>The largest logit, which is finite.</summary>
    /// <exception cref="TesseraException">A logit is NaN or positive infinity, or all are negative infinity.</exception>
    public static float Largest(ReadOnlySpan<float> logits)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        Vector<float> largestLanes = new(float.NegativeInfinity);
        Vector<int> validLanes = Vector<int>.AllBitsSet;
        foreach (Vector<float> vector in vectors)
        {
            validLanes &= Vector.LessThanOrEqual(vector, new Vector<float>(float.MaxValue));
            largestLanes = Vector.Max(largestLanes, vector);
        }

        bool valid = validLanes == Vector<int>.AllBitsSet;
        float largest = float.NegativeInfinity;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            largest = Math.Max(largest, largestLanes[lane]);
        }

        foreach (float logit in logits[(vectors.Length * Vector<float>.Count)..])
        {
            valid &= logit <= float.MaxValue;
            largest = Math.Max(largest, logit);
        }

        return valid && largest > float.NegativeInfinity ? largest : throw Invalid(logits);
    }

    /// <summary>The first id with this logit.</summary>
    public static int IndexOf(ReadOnlySpan<float> logits, float value)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        int start = 0;
        while (start < vectors.Length && !Vector.EqualsAny(vectors[start], new Vector<float>(value)))
        {
            start++;
        }

        start *= Vector<float>.Count;
        return start + logits[start..].IndexOf(value);
    }

    private static TesseraException Invalid(ReadOnlySpan<float> logits)
    {
        for (int id = 0; id < logits.Length; id++)
        {
            if (!(logits[id] <= float.MaxValue))
            {
                string value = logits[id].ToString(CultureInfo.InvariantCulture);
                return new TesseraException(
                    $"The logit of token {id} (of {logits.Length}) is {value}: the model's weights are damaged, or a computation overflowed.");
            }
        }

        return new TesseraException($"The logits of all {logits.Length} tokens are negative infinity: no token may come next.");
    }
}
