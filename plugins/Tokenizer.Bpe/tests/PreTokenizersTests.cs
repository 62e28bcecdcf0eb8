namespace Tessera.Tokenizer.Bpe.Tests;

public class PreTokenizersTests
{
    public static TheoryData<string> Names => [.. PreTokenizers.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_patterns_of_every_name_compile_and_cut_text_without_loss(string name)
    {
        const string Text = "Hello, I'll pay 1234567 €\r\n\r\n   中文 été 🙂🙂!";

        List<int> lengths = new TextSplitter(PreTokenizers.Find(name)!).Split(Text);

        Assert.Equal(Text.EnumerateRunes().Count(), lengths.Sum());
        Assert.DoesNotContain(lengths, l => l <= 0);
    }

    [Fact]
    public void No_name_stands_in_two_rows() => Assert.Equal(PreTokenizers.Names.Distinct(), PreTokenizers.Names);

    [Fact]
    public void An_unknown_name_has_no_row() => Assert.Null(PreTokenizers.Find("unheard-of"));

    [Theory]
    [InlineData("llama-bpe")]
    [InlineData("tekken")]
    [InlineData("youtu")]
    [InlineData("minicpm5")]
    public void Families_that_ignore_merges_are_marked(string name) => Assert.True(PreTokenizers.Find(name)!.IgnoreMerges);

    [Theory]
    [InlineData("llama-bpe", true)]
    [InlineData("tekken", true)]
    [InlineData("chameleon", true)]
    [InlineData("qwen2", false)]
    [InlineData("gpt-2", false)]
    [InlineData("default", false)]
    public void Families_that_begin_with_bos_are_marked(string name, bool expected) => Assert.Equal(expected, PreTokenizers.Find(name)!.AddBos);
}
