using System.Text;
using Tessera.Tokenization;

namespace Tessera.Workbench.Tokens;

/// <summary>The merges of one word, held against the borders between a reference's tokens. Offsets are bytes of the word.</summary>
internal sealed class MergeHistory(ITokenizerExplainer explainer, ExplainedWord word)
{
    /// <summary>Completes an explanation with the step at which the readings part.</summary>
    /// <param name="parting">What is known: the two tokens and the word.</param>
    /// <param name="start">Where both tokens begin.</param>
    /// <param name="borders">Where the reference's tokens end, ascending, as far as it is known.</param>
    public PartingExplanation Part(PartingExplanation parting, int start, List<int> borders)
    {
        int longest = start + Math.Max(parting.Expected.Length, parting.Actual.Length);
        for (int i = 0; i < word.Merges.Count; i++)
        {
            // Until the first merge across a border all pieces lie between borders, so it is the middle that stands on one.
            MergeStep step = word.Merges[i];
            if (borders.Contains(step.Middle))
            {
                int first = Math.Min(start, step.Start);
                int end = Math.Max(longest, step.End);
                return parting with { Cause = PartingCause.Merge, PartingMerge = i, Touched = first..end, ReferenceMerge = RivalOf(i, borders) };
            }
        }

        // What the reference has as one token is several pieces here, and the first two of them do not merge.
        int middle = start + parting.Actual.Length;
        return parting with
        {
            Cause = PartingCause.MissingMerge,
            Touched = start..longest,
            ReferenceMerge = PairOf(start, middle, EndOfPieceAt(middle, word.Merges.Count)),
        };
    }

    /// <summary>What the reference merges first with one of the two pieces that it keeps apart.</summary>
    private MergePair? RivalOf(int index, List<int> borders)
    {
        MergeStep step = word.Merges[index];
        int reachesTo = borders.FirstOrDefault(border => border > step.Middle);
        if (reachesTo > step.End)
        {
            return PairOf(step.Middle, step.End, EndOfPieceAt(step.End, index));
        }

        int reachesFrom = borders.LastOrDefault(border => border < step.Middle);
        return reachesFrom < step.Start ? PairOf(StartOfPieceBefore(step.Start, index), step.Start, step.Middle) : null;
    }

    private MergePair PairOf(int start, int middle, int end)
    {
        (ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) = (word.Text[start..middle], word.Text[middle..end]);
        return new MergePair(left, right, explainer.TryFindMerge(left.Span, right.Span, out double order) ? order : null);
    }

    /// <summary>Where the piece that begins at an offset ends after some of the merges. A piece that no merge was made with is a character.</summary>
    private int EndOfPieceAt(int start, int merges) =>
        word.Merges.Take(merges).Where(step => step.Start == start).Select(step => (int?)step.End).Max()
        ?? word.Merges.Where(step => step.Start == start).Select(step => (int?)step.Middle).Min()
        ?? word.Merges.Where(step => step.Middle == start).Select(step => (int?)step.End).Min()
        ?? start + LengthOfCharacterAt(start);

    /// <summary>Where the piece that ends at an offset begins after some of the merges.</summary>
    private int StartOfPieceBefore(int end, int merges) =>
        word.Merges.Take(merges).Where(step => step.End == end).Select(step => (int?)step.Start).Min()
        ?? word.Merges.Where(step => step.End == end).Select(step => (int?)step.Middle).Max()
        ?? word.Merges.Where(step => step.Middle == end).Select(step => (int?)step.Start).Max()
        ?? end - LengthOfCharacterBefore(end);

    private int LengthOfCharacterAt(int start)
    {
        Rune.DecodeFromUtf8(word.Text.Span[start..], out _, out int length);
        return length;
    }

    private int LengthOfCharacterBefore(int end)
    {
        Rune.DecodeLastFromUtf8(word.Text.Span[..end], out _, out int length);
        return length;
    }
}
