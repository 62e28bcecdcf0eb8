namespace Tessera.Generation;

/// <summary>The candidates whose probability is at least p times the likeliest one's.</summary>
internal static class MinP
{
    /// <summary>Moves the candidates that stay to the front, in their order.</summary>
    /// <returns>How many stay, at least one.</returns>
    public static int Keep(Span<Candidate> candidates, float p)
    {
        Softmax.Weigh(candidates);
        int count = 0;
        foreach (Candidate candidate in candidates)
        {
            // The likeliest one's weight is 1.
            if (candidate.Weight >= p)
            {
                candidates[count++] = candidate;
            }
        }

        return count;
    }
}
