using System.Text;
using Tessera.Tokenization;
using Tessera.Workbench.Tokens;

namespace Tessera.Tokenizer.Spm.Tests;

/// <summary>Where the reading of a vocabulary parts from that of one with a fault. Ids: three tokens with a role, then those that are added.</summary>
public class PartingTests
{
    private const int Bc = 7;

    [Fact]
    public void A_score_that_is_too_high_is_named_with_the_merge_that_it_takes_the_place_of()
    {
        ITokenizer tokenizer = Vocabulary(prefix: false).Create();

        PartingExplanation parting = Explain(tokenizer, "abc", [3, Bc]);

        Assert.Equal((PartingCause.Merge, 0, "score"), (parting.Cause, parting.PartingMerge, parting.MergeOrder));
        Assert.Equal(new MergeStep(0, 1, 2, -1), parting.Merges[0]);
        Assert.Equal(("b", "c", -2.0), (Text(parting.ReferenceMerge!.Left), Text(parting.ReferenceMerge.Right), parting.ReferenceMerge.Order));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_space_prefix_that_one_has_is_named(bool prefix)
    {
        // 8 is "▁a".
        PartingExplanation parting = Explain(Vocabulary(prefix).Create(), "a", prefix ? [3] : [8]);

        Assert.Equal(PartingCause.SpacePrefix, parting.Cause);
    }

    [Fact]
    public void A_missing_BOS_is_a_special_token()
    {
        ITokenizer tokenizer = Vocabulary(prefix: false).Create();
        TokenDifference difference = TokenDifference.Find(new PromptEncoder(tokenizer), "a", withSpecial: true, [3])!;

        Assert.Equal(0, difference.Index);
        Assert.Equal(PartingCause.SpecialToken, PartingExplainer.Explain(tokenizer, difference)!.Cause);
    }

    [Fact]
    public void Text_after_a_special_token_is_explained_from_there()
    {
        ITokenizer tokenizer = Vocabulary(prefix: false).Create();
        TokenDifference difference = TokenDifference.Find(new PromptEncoder(tokenizer), "c</s>abc", withSpecial: true, [1, 5, 2, 3, Bc])!;

        PartingExplanation parting = PartingExplainer.Explain(tokenizer, difference)!;

        Assert.Equal((PartingCause.Merge, "abc"), (parting.Cause, Text(parting.Word)));
    }

    private static TinyVocabulary Vocabulary(bool prefix) => new TinyVocabulary()
        .Add("a").Add("b").Add("c").Add("ab", -1).Add("bc", -2).Add("▁a", -3).Add("▁", -4)
        .Set("tokenizer.ggml.add_space_prefix", prefix);

    private static PartingExplanation Explain(ITokenizer tokenizer, string text, int[] expected) =>
        PartingExplainer.Explain(tokenizer, TokenDifference.Find(new PromptEncoder(tokenizer), text, withSpecial: false, expected)!)!;

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
