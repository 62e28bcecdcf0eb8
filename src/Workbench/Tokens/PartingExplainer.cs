using System.Text;
using Tessera.Tokenization;

namespace Tessera.Workbench.Tokens;

/// <summary>
/// Finds the step at which two readings of a text part. The reference tells its tokens alone; but they are borders in the text, and the first merge
/// across one of them is one that the reference did not make.
/// </summary>
public static class PartingExplainer
{
    private static ReadOnlySpan<byte> EscapedSpace => "▁"u8;

    /// <summary>Explains a difference.</summary>
    /// <returns>Null where the tokenizer does not tell its merges.</returns>
    public static PartingExplanation? Explain(ITokenizer tokenizer, TokenDifference difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        if (tokenizer is not ITokenizerExplainer explainer)
        {
            return null;
        }

        var parts = new List<EncodedFragment>();
        byte[] text = Encoding.UTF8.GetBytes(difference.Text);
        new PromptEncoder(tokenizer).Encode(text, difference.WithSpecial, difference.WithSpecial, parts);
        EncodedFragment part = parts.LastOrDefault(p => p.FirstId <= difference.Index);
        if (part.Count == 0 || part.Fragment.Token >= 0 || IsSpecial(tokenizer, difference.Expected, difference.Index)
            || IsSpecial(tokenizer, difference.Actual, difference.Index))
        {
            return new PartingExplanation { Cause = PartingCause.SpecialToken };
        }

        IReadOnlyList<ExplainedWord> words = explainer.Explain(Encoding.UTF8.GetString(text[part.Fragment.Start..part.Fragment.End]), part.AfterSpecial);
        ReadOnlyMemory<byte> PieceOf(int id) => (uint)id < (uint)tokenizer.Vocabulary.Count ? explainer.PieceOf(id) : default;
        return Explain(
            explainer,
            words,
            [.. difference.Expected.Skip(part.FirstId).Select(PieceOf)],
            [.. difference.Actual.Skip(part.FirstId).Take(part.Count).Select(PieceOf)],
            difference.Index - part.FirstId) with
        { MergeOrder = explainer.MergeOrder };
    }

    private static bool IsSpecial(ITokenizer tokenizer, IReadOnlyList<int> ids, int index) =>
        index < ids.Count && (uint)ids[index] < (uint)tokenizer.Vocabulary.Count
            && tokenizer.Vocabulary.TypeOf(ids[index]) is TokenType.Control or TokenType.UserDefined;

    /// <param name="explainer">The tokenizer.</param>
    /// <param name="words">The words of a part of the prompt.</param>
    /// <param name="expected">The pieces of the reference's tokens from the part's first on.</param>
    /// <param name="actual">The pieces of the part's tokens here.</param>
    /// <param name="index">The first index at which the tokens differ.</param>
    private static PartingExplanation Explain(
        ITokenizerExplainer explainer, IReadOnlyList<ExplainedWord> words, ReadOnlyMemory<byte>[] expected, ReadOnlyMemory<byte>[] actual, int index)
    {
        byte[] text = [.. words.SelectMany(word => word.Text.ToArray())];
        int start = Math.Min(text.Length, actual.Take(index).Sum(piece => piece.Length));
        ReadOnlyMemory<byte> theirs = index < expected.Length ? expected[index] : default;
        ReadOnlyMemory<byte> ours = index < actual.Length ? actual[index] : default;
        var parting = new PartingExplanation { Cause = PartingCause.Text, Expected = theirs, Actual = ours };
        if (theirs.IsEmpty || ours.IsEmpty || !text.AsSpan(start).StartsWith(theirs.Span))
        {
            bool prefix = start == 0 && theirs.Span.StartsWith(EscapedSpace) != text.AsSpan().StartsWith(EscapedSpace);
            return parting with { Cause = prefix ? PartingCause.SpacePrefix : PartingCause.Text };
        }

        (ExplainedWord word, int wordStart) = WordAt(words, start);
        int wordEnd = wordStart + word.Text.Length;
        parting = parting with { Word = word.Text, Merges = word.Merges };
        if (start + theirs.Length > wordEnd)
        {
            return parting with { Cause = PartingCause.WordBorder };
        }

        if (theirs.Length == ours.Length)
        {
            return parting with { Cause = PartingCause.Vocabulary };
        }

        if (word is { Ids.Count: 1, Merges.Count: 0 })
        {
            return parting with { Cause = PartingCause.WholeWord };
        }

        List<int> borders = BordersOf(expected, text, wordStart, wordEnd);
        return new MergeHistory(explainer, word).Part(parting, start - wordStart, borders);
    }

    private static (ExplainedWord Word, int Start) WordAt(IReadOnlyList<ExplainedWord> words, int place)
    {
        int start = 0;
        int i = 0;
        for (; i + 1 < words.Count && start + words[i].Text.Length <= place; i++)
        {
            start += words[i].Text.Length;
        }

        return (words[i], start);
    }

    /// <summary>Where the reference's tokens end within a word, from the word's start; as far as they spell the text.</summary>
    private static List<int> BordersOf(ReadOnlyMemory<byte>[] pieces, byte[] text, int wordStart, int wordEnd)
    {
        var borders = new List<int>();
        int end = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            if (piece.IsEmpty || end >= wordEnd || !text.AsSpan(end).StartsWith(piece.Span))
            {
                break;
            }

            end += piece.Length;
            if (end > wordStart)
            {
                borders.Add(end - wordStart);
            }
        }

        return borders;
    }
}
