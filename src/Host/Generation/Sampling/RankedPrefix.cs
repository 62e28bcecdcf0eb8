namespace Tessera.Generation;

/// <summary>
/// Keeps the candidates that rank highest until their weights reach a sum. Few are kept of many as a rule, so a heap hands them out one by one
/// in place of a full sort.
/// </summary>
internal static class RankedPrefix
{
    /// <summary>Moves the candidates that stay to the front, highest rank first.</summary>
    /// <param name="candidates">With rank and weight; ends in another order.</param>
    /// <param name="sum">The weight to reach; at least one candidate stays.</param>
    /// <returns>How many stay.</returns>
    public static int Keep(Span<Candidate> candidates, double sum)
    {
        for (int parent = candidates.Length / 2 - 1; parent >= 0; parent--)
        {
            SiftDown(candidates, parent, candidates.Length);
        }

        // The heap shrinks from the back, and what leaves it fills the back.
        int heap = candidates.Length;
        double kept = 0;
        do
        {
            heap--;
            (candidates[0], candidates[heap]) = (candidates[heap], candidates[0]);
            SiftDown(candidates, 0, heap);
            kept += candidates[heap].Weight;
        }
        while (kept < sum && heap > 0);

        Span<Candidate> stay = candidates[heap..];
        stay.Reverse();
        stay.CopyTo(candidates);
        return stay.Length;
    }

    private static void SiftDown(Span<Candidate> heap, int parent, int count)
    {
        while (2 * parent + 1 < count)
        {
            int child = 2 * parent + 1;
            if (child + 1 < count && heap[child + 1].Precedes(heap[child]))
            {
                child++;
            }

            if (heap[parent].Precedes(heap[child]))
            {
                return;
            }

            (heap[parent], heap[child]) = (heap[child], heap[parent]);
            parent = child;
        }
    }
}
