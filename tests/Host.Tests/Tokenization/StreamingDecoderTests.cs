using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tessera.Tokenization;

namespace Tessera.Host.Tests.Tokenization;

public class StreamingDecoderTests
{
    private static readonly FakeTokenizer Bytes = new(
        new SpecialTokens(), [.. Enumerable.Range(0, 256).Select(b => ((byte[])[(byte)b], TokenType.Normal, TokenAttributes.None))]);

    private static readonly FakeTokenizer Words = new(new SpecialTokens { AddSpacePrefix = true },
        (" a", TokenType.Normal), ("<c>", TokenType.Control), ("<u>", TokenType.Unknown), ("  ", TokenType.Normal));

    [Fact]
    public void A_character_comes_out_whole_with_its_last_byte()
    {
        var decoder = new StreamingDecoder(Bytes);

        Assert.Equal(["", "", "", "😀", "a", "", "é"], new[] { 0xF0, 0x9F, 0x98, 0x80, 'a', 0xC3, 0xA9 }.Select(decoder.Append));
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void Bytes_that_cannot_become_a_character_are_replaced_as_soon_as_that_is_known()
    {
        var decoder = new StreamingDecoder(Bytes);

        Assert.Equal(["", "\uFFFDa", "\uFFFD", ""], new[] { 0xC3, 'a', 0xFF, 0xE4 }.Select(decoder.Append));
        Assert.Equal("\uFFFD", decoder.Flush());
    }

    [Fact]
    public void A_byte_order_mark_is_text() =>
        Assert.Equal("\uFEFFa", StreamingDecoder.Decode(Bytes, [0xEF, 0xBB, 0xBF, 'a']));

    [Fact]
    public void Streaming_any_bytes_gives_the_whole_text() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var decoder = new StreamingDecoder(Bytes);
            string streamed = string.Concat(bytes.Select(b => decoder.Append(b))) + decoder.Flush();

            Assert.Equal(Encoding.UTF8.GetString(bytes), streamed);
            Assert.Equal(streamed, StreamingDecoder.Decode(Bytes, bytes.Select(b => (int)b)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void The_first_token_of_a_text_loses_the_space_prefix_and_only_it()
    {
        Assert.Equal("a a", StreamingDecoder.Decode(Words, [0, 0]));
        Assert.Equal(" ", StreamingDecoder.Decode(Words, [3]));
        Assert.Equal(" a", StreamingDecoder.Decode(Words, [1, 0]));
        Assert.Equal("a", new StreamingDecoder(Words, startsText: true).Append(0));
    }

    [Fact]
    public void Generated_text_keeps_its_first_space() =>
        Assert.Equal(" a", new StreamingDecoder(Words).Append(0));

    [Fact]
    public void Control_and_unknown_tokens_appear_only_when_asked_for()
    {
        Assert.Equal("", StreamingDecoder.Decode(Words, [1, 2]));
        Assert.Equal("<c><u>", StreamingDecoder.Decode(Words, [1, 2], showSpecial: true));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(256)]
    public void An_id_outside_the_vocabulary_is_an_error(int id) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingDecoder(Bytes).Append(id));

    [Theory]
    [InlineData("a . b , c ? d !", "a. b, c? d!")]
    [InlineData(" .", ".")]
    [InlineData(". .", "..")]
    [InlineData("a ; b", "a ; b")]
    [InlineData("a ' b", "a'b")]
    [InlineData("a ' ' b", "a'' b")]
    [InlineData("it 's I 'm we 're they 've", "it's I'm we're they've")]
    [InlineData("he 'd they 'll ca 't", "he 'd they 'll ca 't")]
    [InlineData("a '", "a '")]
    [InlineData("", "")]
    public void A_vocabulary_can_ask_for_spaces_before_punctuation_to_go(string text, string expected)
    {
        var tokenizer = new FakeTokenizer(new SpecialTokens { CleanSpaces = true }, (text, TokenType.Normal));

        Assert.Equal(expected, StreamingDecoder.Decode(tokenizer, [0]));
        Assert.Equal(text, new StreamingDecoder(tokenizer).Append(0));
    }
}
