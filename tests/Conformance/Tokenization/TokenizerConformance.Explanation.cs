using System.Text;
using Tessera.Tokenization;
using Xunit;

namespace Tessera.Conformance.Tokenization;

public abstract partial class TokenizerConformance
{
    /// <summary>A tokenizer that does not explain itself passes.</summary>
    [Fact]
    public void Merges_are_explained_as_they_are_made() => ForEachCase((_, tokenizer, sample) =>
    {
        if (tokenizer is not ITokenizerExplainer explainer)
        {
            return null;
        }

        var ids = new List<int>();
        tokenizer.Encode(sample.Text, afterSpecial: true, ids);
        IReadOnlyList<ExplainedWord> words = explainer.Explain(sample.Text, afterSpecial: true);
        return Difference(ids, [.. words.SelectMany(word => word.Ids)])
            ?? words.Select(word => Flaw(explainer, word)).FirstOrDefault(flaw => flaw is not null);
    });

    private static string? Flaw(ITokenizerExplainer explainer, ExplainedWord word)
    {
        ReadOnlySpan<byte> text = word.Text.Span;
        foreach (MergeStep step in word.Merges)
        {
            bool ordered = step.Start >= 0 && step.Start < step.Middle && step.Middle < step.End && step.End <= text.Length;
            if (!ordered || !explainer.TryFindMerge(text[step.Start..step.Middle], text[step.Middle..step.End], out double order) || order != step.Order)
            {
                return $"{step} of the word {Show(Encoding.UTF8.GetString(text))} is no merge";
            }
        }

        byte[] spelled = [.. word.Ids.SelectMany(id => explainer.PieceOf(id).ToArray())];
        return IsPartOf(spelled, text) ? null : $"the pieces of the word {Show(Encoding.UTF8.GetString(text))} spell {Show(Encoding.UTF8.GetString(spelled))}";
    }

    // A vocabulary may lack bytes, or have one token for all that it does not know.
    private static bool IsPartOf(ReadOnlySpan<byte> spelled, ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            spelled = spelled is [byte next, ..] && next == value ? spelled[1..] : spelled;
        }

        return spelled.IsEmpty;
    }
}
