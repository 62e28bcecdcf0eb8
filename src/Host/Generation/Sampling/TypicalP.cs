namespace Tessera.Generation;

/// <summary>
/// Locally typical sampling (Meister et al. 2022): the candidates whose surprise -ln(probability) is nearest to the distribution's entropy, until
/// their probabilities sum up to more than p.
/// </summary>
internal static class TypicalP
{
    /// <summary>Moves the candidates that stay to the front, the most typical first.</summary>
    /// <returns>How many stay, at least one.</returns>
    public static int Keep(Span<Candidate> candidates, float p)
    {
        // With d = logit - largest, -ln(probability) is ln(total) - d and the entropy ln(total) - mean(d): their distance needs no logarithm.
        double largest = Softmax.LargestLogit(candidates);
        double total = Softmax.Weigh(candidates);
        double mean = 0;
        foreach (ref readonly Candidate candidate in candidates)
        {
            mean += candidate.Weight / total * (candidate.Logit - largest);
        }

        foreach (ref Candidate candidate in candidates)
        {
            candidate.Rank = -Math.Abs(candidate.Logit - largest - mean);
        }

        // "More than", where the prefix ends at "at least".
        return RankedPrefix.Keep(candidates, Math.BitIncrement(p * total));
    }
}
