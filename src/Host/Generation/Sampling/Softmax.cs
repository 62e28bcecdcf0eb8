using System.Runtime.Intrinsics;

namespace Tessera.Generation;

/// <summary>
/// Softmax in double precision, added up in an order that is the same everywhere: the weights depend on neither the machine's vector width nor its
/// C library.
/// </summary>
internal static class Softmax
{
    /// <summary>Sets the weights to exp((logit - largest) / temperature).</summary>
    /// <returns>The sum of the weights, added up in order; a weight divided by it is the probability.</returns>
    public static double Weigh(Span<Candidate> candidates, double temperature = 1)
    {
        double largest = LargestLogit(candidates);
        double sum = 0;
        Span<Candidate> rest = candidates;
        for (; rest.Length >= Vector256<double>.Count; rest = rest[Vector256<double>.Count..])
        {
            var logits = Vector256.Create((double)rest[0].Logit, rest[1].Logit, rest[2].Logit, rest[3].Logit);
            Vector256<double> weights = PortableExp.OfNonPositive((logits - Vector256.Create(largest)) / temperature);
            for (int i = 0; i < Vector256<double>.Count; i++)
            {
                rest[i].Weight = weights[i];
                sum += weights[i];
            }
        }

        foreach (ref Candidate candidate in rest)
        {
            candidate.Weight = PortableExp.OfNonPositive((candidate.Logit - largest) / temperature);
            sum += candidate.Weight;
        }

        return sum;
    }

    public static float LargestLogit(ReadOnlySpan<Candidate> candidates)
    {
        float largest = float.NegativeInfinity;
        foreach (ref readonly Candidate candidate in candidates)
        {
            largest = Math.Max(largest, candidate.Logit);
        }

        return largest;
    }

    /// <summary>The natural logarithm of a token's probability.</summary>
    public static double LogProbability(ReadOnlySpan<float> logits, int id)
    {
        double largest = Logits.Largest(logits);
        Vector256<double> lanes = Vector256<double>.Zero;
        ReadOnlySpan<float> rest = logits;
        for (; rest.Length >= Vector256<float>.Count; rest = rest[Vector256<float>.Count..])
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Create(rest));
            lanes += PortableExp.OfNonPositive(lower - Vector256.Create(largest));
            lanes += PortableExp.OfNonPositive(upper - Vector256.Create(largest));
        }

        double sum = Vector256.Sum(lanes);
        foreach (float logit in rest)
        {
            sum += PortableExp.OfNonPositive(logit - largest);
        }

        return logits[id] - largest - Math.Log(sum);
    }
}
