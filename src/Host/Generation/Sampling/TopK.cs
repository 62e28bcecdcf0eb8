using System.Numerics;
using System.Runtime.InteropServices;

namespace Tessera.Generation;

/// <summary>
/// The k largest logits, the lower id first among equals. Candidates gather in a buffer of 2k; each time it is full it is sorted, its better half
/// stays, and the half's smallest logit is what a later one must exceed. Most of a large vocabulary fails that comparison a vector at a time.
/// </summary>
internal static class TopK
{
    /// <summary>How long the buffer must be.</summary>
    public static int BufferLength(int k, int vocabularySize) => IsOff(k, vocabularySize) ? vocabularySize : (int)Math.Min(2L * k, vocabularySize);

    /// <summary>Fills the front of the buffer. A logit of negative infinity is no candidate.</summary>
    /// <returns>How many candidates there are: k, or fewer where the logits have no more. Best first, unless k asks for all of them.</returns>
    public static int Select(ReadOnlySpan<float> logits, int k, Span<Candidate> buffer)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        float threshold = float.NegativeInfinity;
        int count = 0;
        for (int vector = 0; vector < vectors.Length; vector++)
        {
            if (Vector.GreaterThanAny(vectors[vector], new Vector<float>(threshold)))
            {
                int first = vector * Vector<float>.Count;
                Gather(logits, first, first + Vector<float>.Count, k, buffer, ref count, ref threshold);
            }
        }

        Gather(logits, vectors.Length * Vector<float>.Count, logits.Length, k, buffer, ref count, ref threshold);
        return IsOff(k, logits.Length) ? count : KeepBest(buffer[..count], k);
    }

    private static bool IsOff(int k, int vocabularySize) => k <= 0 || k >= vocabularySize;

    private static void Gather(ReadOnlySpan<float> logits, int first, int end, int k, Span<Candidate> buffer, ref int count, ref float threshold)
    {
        for (int id = first; id < end; id++)
        {
            if (logits[id] > threshold)
            {
                buffer[count++] = new Candidate(id, logits[id]);
                if (count == buffer.Length && count > k && k > 0)
                {
                    count = KeepBest(buffer, k);
                    threshold = buffer[k - 1].Logit;
                }
            }
        }
    }

    private static int KeepBest(Span<Candidate> candidates, int k)
    {
        candidates.Sort();
        return Math.Min(k, candidates.Length);
    }
}
