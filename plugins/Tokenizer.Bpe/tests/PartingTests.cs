using System.Text;
using Tessera.Tokenization;
using Tessera.Workbench.Tokens;

namespace Tessera.Tokenizer.Bpe.Tests;

/// <summary>Where the reading of a vocabulary parts from that of one with a fault. Ids: a byte is its own, the merges' tokens follow from 256 on.</summary>
public class PartingTests
{
    [Fact]
    public void Merges_are_told_in_their_order_with_their_ranks()
    {
        var explainer = (ITokenizerExplainer)TinyVocabulary.Tokenizer();

        IReadOnlyList<ExplainedWord> words = explainer.Explain("hello world", afterSpecial: true);

        Assert.Equal(["hello", " world"], words.Select(word => Encoding.UTF8.GetString(word.Text.Span)));
        Assert.Equal([new(0, 1, 2, 0), new(2, 3, 4, 1), new(0, 2, 4, 2), new(0, 4, 5, 3)], words[0].Merges);
        Assert.Equal("rank", explainer.MergeOrder);
    }

    [Fact]
    public void A_merge_that_comes_too_early_is_named_with_the_one_that_it_takes_the_place_of()
    {
        // The reference has the two ranks the other way round.
        PartingExplanation parting = Explain(TinyVocabulary.Tokenizer(merges: ["a b", "b c"]), "abc", ['a', 257]);

        Assert.Equal((PartingCause.Merge, 0), (parting.Cause, parting.PartingMerge));
        Assert.Equal(new MergeStep(0, 1, 2, 0), parting.Merges[0]);
        ExpectPair(parting.ReferenceMerge, "b", "c", 1);
    }

    [Fact]
    public void The_first_merge_across_a_border_is_found_behind_merges_that_both_make()
    {
        PartingExplanation parting = Explain(TinyVocabulary.Tokenizer(merges: ["c d", "a b", "x ab", "ab cd"], more: ["xab"]), "zabcd", ['z', 257, 256]);

        Assert.Equal((PartingCause.Merge, 2), (parting.Cause, parting.PartingMerge));
        Assert.Equal(new MergeStep(1, 3, 5, 3), parting.Merges[2]);
        Assert.Null(parting.ReferenceMerge);
        Assert.Equal(1..5, parting.Touched);
    }

    [Fact]
    public void The_merge_on_the_left_is_found_too()
    {
        PartingExplanation parting = Explain(TinyVocabulary.Tokenizer(merges: ["b c", "a b"]), "abc", [257, 'c']);

        Assert.Equal((PartingCause.Merge, 0), (parting.Cause, parting.PartingMerge));
        ExpectPair(parting.ReferenceMerge, "a", "b", 1);
    }

    [Fact]
    public void A_merge_that_is_missing_is_named()
    {
        PartingExplanation parting = Explain(TinyVocabulary.Tokenizer(merges: ["a b"], more: ["abc"]), "abc", [257]);

        Assert.Equal((PartingCause.MissingMerge, -1), (parting.Cause, parting.PartingMerge));
        ExpectPair(parting.ReferenceMerge, "ab", "c", null);
    }

    [Fact]
    public void A_token_across_a_border_of_words_is_another_pre_tokenizer() =>
        Assert.Equal(PartingCause.WordBorder, Explain(TinyVocabulary.Tokenizer(more: ["aĠb"]), "a b", [TinyVocabulary.Merges.Length + 256]).Cause);

    [Fact]
    public void Two_ids_of_one_piece_are_another_vocabulary() =>
        Assert.Equal(PartingCause.Vocabulary, Explain(TinyVocabulary.Tokenizer(merges: ["a b"], more: ["ab"]), "ab", [256]).Cause);

    [Fact]
    public void A_word_that_is_taken_whole_has_no_merge() =>
        Assert.Equal(PartingCause.WholeWord, Explain(TinyVocabulary.Tokenizer("llama-bpe", ["a b"], ["abc"]), "abc", [256, 'c']).Cause);

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 120 })]
    [InlineData(new[] { 99999 })]
    [InlineData(new[] { -5 })]
    public void Another_text_parts_before_any_merge(int[] expected) =>
        Assert.Equal(PartingCause.Text, Explain(TinyVocabulary.Tokenizer(), "a", expected).Cause);

    [Fact]
    public void A_reference_that_goes_on_beyond_the_text_has_another_text() =>
        Assert.Equal(PartingCause.Text, Explain(TinyVocabulary.Tokenizer(), "a", ['a', 'b']).Cause);

    [Fact]
    public void The_same_ids_are_no_difference() =>
        Assert.Null(TokenDifference.Find(new PromptEncoder(TinyVocabulary.Tokenizer()), "hello", withSpecial: false, [259]));

    private static PartingExplanation Explain(ITokenizer tokenizer, string text, int[] expected)
    {
        TokenDifference difference = TokenDifference.Find(new PromptEncoder(tokenizer), text, withSpecial: false, expected)!;
        return PartingExplainer.Explain(tokenizer, difference)!;
    }

    private static void ExpectPair(MergePair? pair, string left, string right, double? order) =>
        Assert.Equal((left, right, order), (Encoding.UTF8.GetString(pair!.Left.Span), Encoding.UTF8.GetString(pair.Right.Span), pair.Order));
}
