using Tessera.Tokenization;

namespace Tessera.Host.Tests.Tokenization;

public class PromptEncoderTests
{
    [Fact]
    public void Control_and_unknown_tokens_are_recognized_only_when_special_tokens_are_parsed()
    {
        var tokenizer = new FakeTokenizer(("<u>", TokenType.Unknown), ("<c>", TokenType.Control), ("<d>", TokenType.UserDefined), ("<n>", TokenType.Normal));

        Assert.Equal("[0][1][2]^<n>", tokenizer.Encode("<u><c><d><n>"));
        Assert.Equal("^<u><c>[2]^<n>", tokenizer.Encode("<u><c><d><n>", parseSpecial: false));
    }

    [Fact]
    public void Plain_text_begins_anew_at_the_start_and_after_each_special_token() =>
        Assert.Equal("^a[0]^b c[0][0]^ d", new FakeTokenizer(("<c>", TokenType.Control)).Encode("a<c>b c<c><c> d"));

    [Theory]
    [InlineData(true, false, "[0]^a")]
    [InlineData(false, true, "^a[1]")]
    [InlineData(true, true, "[0]^a[1]")]
    public void Bos_and_eos_are_added_as_the_vocabulary_asks(bool bos, bool eos, string expected)
    {
        var special = new SpecialTokens { Bos = 0, Eos = 1, AddBos = bos, AddEos = eos };
        var tokenizer = new FakeTokenizer(special, ("<s>", TokenType.Control), ("</s>", TokenType.Control));

        Assert.Equal(expected, tokenizer.Encode("a", addSpecial: true));
        Assert.Equal("^a", tokenizer.Encode("a", addSpecial: false));
    }

    [Fact]
    public void A_bos_in_the_text_stands_beside_the_one_that_is_added()
    {
        var tokenizer = new FakeTokenizer(new SpecialTokens { Bos = 0, AddBos = true }, ("<s>", TokenType.Control));

        Assert.Equal("[0][0]^a", tokenizer.Encode("<s>a", addSpecial: true));
    }

    [Fact]
    public void A_vocabulary_that_asks_for_a_token_it_does_not_have_is_an_error()
    {
        Assert.Throws<TesseraException>(() => new PromptEncoder(new FakeTokenizer(new SpecialTokens { AddBos = true }, ("a", TokenType.Normal))));
        Assert.Throws<TesseraException>(() => new PromptEncoder(new FakeTokenizer(new SpecialTokens { AddEos = true }, ("a", TokenType.Normal))));
    }

    [Fact]
    public void The_longest_token_takes_its_places_first_even_from_one_that_begins_earlier()
    {
        Assert.Equal("^x[1]", new FakeTokenizer(("xa", TokenType.Control), ("aab", TokenType.Control)).Encode("xaab"));
        Assert.Equal("[1][0]", new FakeTokenizer(("<a>", TokenType.Control), ("<a><b>", TokenType.Control)).Encode("<a><b><a>"));
    }

    [Fact]
    public void Tokens_within_tokens_are_found_where_the_longer_ones_are_not()
    {
        var tokenizer = new FakeTokenizer(("abcd", TokenType.Control), ("bc", TokenType.Control), ("c", TokenType.Control), ("abce", TokenType.Control));

        Assert.Equal("[0]^-a[1]^-[2]^-[3]", tokenizer.Encode("abcd-abc-c-abce"));
    }

    [Fact]
    public void A_text_of_nothing_but_a_long_token_s_beginning_is_searched_once()
    {
        var tokenizer = new FakeTokenizer((new string('a', 50_000) + "b", TokenType.Control), ("ab", TokenType.Control));
        string text = new('a', 200_000);

        Assert.Equal($"^{text}-[1]", tokenizer.Encode($"{text}-ab"));
    }

    [Fact]
    public void A_special_token_of_any_length_takes_memory_for_its_bytes_alone()
    {
        var tokenizer = new FakeTokenizer((new string('é', 100_000), TokenType.UserDefined));
        long before = GC.GetAllocatedBytesForCurrentThread();

        _ = new PromptEncoder(tokenizer);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 200_000, 0, 30);
    }

    [Fact]
    public void Of_tokens_with_the_same_text_the_first_is_found() =>
        Assert.Equal("[0]^-[1]", new FakeTokenizer(("ab", TokenType.Control), ("a", TokenType.Control), ("a", TokenType.Control)).Encode("ab-a"));

    [Fact]
    public void Length_is_counted_in_bytes_of_utf_8() =>
        Assert.Equal("^a[1]", new FakeTokenizer(("abc", TokenType.Control), ("bc世", TokenType.Control)).Encode("abc世"));

    [Fact]
    public void Occurrences_of_one_token_are_taken_from_the_left() =>
        Assert.Equal("[0][0]^a", new FakeTokenizer(("aa", TokenType.Control)).Encode("aaaaa"));

    [Fact]
    public void A_token_strips_the_white_space_that_its_attributes_say()
    {
        var tokenizer = new FakeTokenizer(
            new SpecialTokens(),
            ("<l>"u8.ToArray(), TokenType.Control, TokenAttributes.StripLeft),
            ("<r>"u8.ToArray(), TokenType.Control, TokenAttributes.StripRight),
            ("<b>"u8.ToArray(), TokenType.Control, TokenAttributes.StripLeft | TokenAttributes.StripRight));

        Assert.Equal("^a[0]^ b", tokenizer.Encode("a \t\n<l> b"));
        Assert.Equal("^a [1]^b", tokenizer.Encode("a <r>\r\n\v\f b"));
        Assert.Equal("[2][2]", tokenizer.Encode("  <b>  <b>  "));
        Assert.Equal("^a\u00A0[2]^\u2003b", tokenizer.Encode("a\u00A0<b>\u2003b"));
    }

    [Fact]
    public void White_space_that_was_stripped_is_lost_to_shorter_tokens()
    {
        var tokenizer = new FakeTokenizer(
            new SpecialTokens(),
            ("<r>"u8.ToArray(), TokenType.Control, TokenAttributes.StripRight),
            ("  "u8.ToArray(), TokenType.UserDefined, TokenAttributes.None));

        Assert.Equal("[1][0]^a[1]^b", tokenizer.Encode("  <r>    a  b"));
    }

    [Fact]
    public void Empty_token_texts_are_never_recognized() =>
        Assert.Equal("^ab", new FakeTokenizer(("", TokenType.Control)).Encode("ab"));

    [Fact]
    public void Tokens_are_found_in_bytes_that_are_no_utf_8_and_may_be_none_themselves()
    {
        var tokenizer = new FakeTokenizer(
            new SpecialTokens(),
            ("<c>"u8.ToArray(), TokenType.Control, TokenAttributes.None),
            ([0xE4, (byte)'!'], TokenType.Control, TokenAttributes.None));

        List<int> ids = new PromptEncoder(tokenizer).Encode([0xFF, .. "<c>"u8, 0xE4, (byte)'!'], addSpecial: false, parseSpecial: true);

        Assert.Equal("^\uFFFD[0][1]", FakeTokenizer.Show(ids));
    }

    [Fact]
    public void An_empty_text_has_no_ids() =>
        Assert.Equal("", new FakeTokenizer(("<c>", TokenType.Control)).Encode(""));

    [Fact]
    public void Any_order_of_thousands_of_special_tokens_is_found()
    {
        (string, TokenType)[] tokens = [.. Enumerable.Range(0, 3000).Select(i => ($"<|reserved_{i}|>", TokenType.Control))];
        int[] order = [.. Enumerable.Range(0, 3000)];
        new Random(1).Shuffle(order);

        string text = string.Concat(order.Select(i => $"<|reserved_{i}|>x"));

        Assert.Equal(string.Concat(order.Select(i => $"[{i}]^x")), new FakeTokenizer(tokens).Encode(text));
    }
}
