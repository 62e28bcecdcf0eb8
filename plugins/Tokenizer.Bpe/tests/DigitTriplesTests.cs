namespace Tessera.Tokenizer.Bpe.Tests;

public class DigitTriplesTests
{
    [Theory]
    [InlineData(DigitTriples.CutAfter, "1234567", "1|234|567")]
    [InlineData(DigitTriples.CutAfter, "123456", "123|456")]
    [InlineData(DigitTriples.CutAfter, "12", "12")]
    [InlineData(DigitTriples.CutAfter, "ab1234cd", "ab1|234|cd")]
    [InlineData(DigitTriples.CutAfter, "ab123cd", "ab123|cd")]
    [InlineData(DigitTriples.CutBefore, "1234567", "1|234|567")]
    [InlineData(DigitTriples.CutBefore, "12", "12")]
    [InlineData(DigitTriples.CutBefore, "ab123cd", "ab|123cd")]
    [InlineData(DigitTriples.CutBefore, "12ab456789", "12ab|456|789")]
    public void A_run_of_digits_is_cut_into_threes_from_its_right_end(string kind, string text, string expected)
    {
        List<int> lengths = [];

        DigitTriples.Find(kind)!.Split(text, lengths);

        int start = 0;
        Assert.Equal(expected, string.Join('|', lengths.Select(l => text[start..(start += l)])));
    }

    [Fact]
    public void Only_one_kind_counts_digits_beyond_ascii()
    {
        string text = new([CharacterClasses.Number, '1', '2', '3']);
        List<int> after = [];
        List<int> before = [];

        DigitTriples.Find(DigitTriples.CutAfter)!.Split(text, after);
        DigitTriples.Find(DigitTriples.CutBefore)!.Split(text, before);

        Assert.Equal([1, 3], after);
        Assert.Equal([1, 3], before);
        Assert.Equal([4], Lengths(DigitTriples.CutBefore, new string(CharacterClasses.Number, 4)));
        Assert.Equal([1, 3], Lengths(DigitTriples.CutAfter, new string(CharacterClasses.Number, 4)));
    }

    private static List<int> Lengths(string kind, string text)
    {
        List<int> lengths = [];
        DigitTriples.Find(kind)!.Split(text, lengths);
        return lengths;
    }
}
