namespace Tessera.Generation;

/// <summary>Nucleus sampling: the likeliest candidates until their probabilities sum up to p (Holtzman et al. 2020).</summary>
internal static class TopP
{
    /// <summary>Moves the candidates that stay to the front, likeliest first.</summary>
    /// <returns>How many stay, at least one.</returns>
    public static int Keep(Span<Candidate> candidates, float p)
    {
        double total = Softmax.Weigh(candidates);
        foreach (ref Candidate candidate in candidates)
        {
            candidate.Rank = candidate.Logit;
        }

        return RankedPrefix.Keep(candidates, p * total);
    }
}
