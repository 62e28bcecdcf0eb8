namespace Tessera.Generation;

/// <summary>
/// Softmax in double precision, summed in order, so that the result depends on neither the machine's vector width nor its C library.
/// </summary>
internal static class Softmax
{
    /// <summary>Sets the weights to exp((logit - largest) / temperature).</summary>
    /// <returns>The sum of the weights; a weight divided by it is the probability.</returns>
    public static double Weigh(Span<Candidate> candidates, double temperature = 1)
    {
        double largest = LargestLogit(candidates);
        double sum = 0;
        foreach (ref Candidate candidate in candidates)
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
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += PortableExp.OfNonPositive(logit - largest);
        }

        return logits[id] - largest - Math.Log(sum);
    }
}
