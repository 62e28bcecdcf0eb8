using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Tessera.Tokenizer.Bpe.Tests;

public class TextSplitterTests
{
    private static readonly TextSplitter[] All = [.. PreTokenizers.All.Select(p => new TextSplitter(p))];

    // Expected words, made with the reference.
    [Theory]
    [InlineData("gpt-2", "I'll  go, we'LL  not\n\n x", "I|'ll| | go|,| we|'|LL| | not|\n\n| x")]
    [InlineData("gpt-2", "a   ", "a|   ")]
    [InlineData("gpt-2", "1234 5٣½", "1234| 5٣½")]
    [InlineData("llama-bpe", "I'll we'LL 12345\r\n  x", "I|'ll| we|'LL| |123|45|\r\n| | x")]
    [InlineData("llama-bpe", "!!\n\nok", "!!\n\n|ok")]
    [InlineData("qwen2", "12 x\t\ty", "1|2| x|\t|\ty")]
    [InlineData("qwen2", "e\u0301a", "e|\u0301a")]
    [InlineData("qwen35", "e\u0301a", "e\u0301a")]
    [InlineData("falcon", "a~b1234", "a|~|b|123|4")]
    [InlineData("starcoder", " 12", " |1|2")]
    [InlineData("default", "x~1234", "x|~|123|4")]
    [InlineData("deepseek-llm", "ab 12 中文\n𐐀x🙂  ", "ab| |12| |中文|\n|𐐀|x|🙂|  ")]
    [InlineData("deepseek-coder", "x 12", "x| |1|2")]
    [InlineData("deepseek-v3", "~a ~ 中あ", "~a| |~| |中あ")]
    [InlineData("gpt-4o", "HelloWORLDs don't", "Hello|WORLDs| don't")]
    [InlineData("tekken", "ABCdef'll", "ABCdef|'ll")]
    [InlineData("kimi-k2", "中文abc中's", "中文|abc|中|'s")]
    [InlineData("superbpe", "a b 1234567", "a b |1|234|567")]
    [InlineData("tiny_aya", "1234567", "1|234|567")]
    [InlineData("bloom", "a, b", "a|,| b")]
    [InlineData("gemma4", "a b\n\nc", "a b|\n\n|c")]
    public void Text_is_cut_into_the_words_of_the_family(string name, string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Words(new TextSplitter(PreTokenizers.Find(name)!), text)));

    [Theory]
    [InlineData("\uD800")]
    [InlineData("a\uDC00b")]
    [InlineData("\uD83D\uD83D\uDE42")]
    public void A_lone_surrogate_is_one_character(string text) =>
        Assert.Equal(text.EnumerateRunes().Count(), new TextSplitter(PreTokenizers.Find("gpt-2")!).Split(text).Sum());

    [Fact]
    public void No_text_has_no_words() => Assert.All(All, s => Assert.Equal(0, s.Split("").Sum()));

    [Fact]
    public void The_words_of_any_text_put_together_are_the_text() => Prop.ForAll<string>(text =>
    {
        string[] words = [.. Words(All[(text ?? "").Length % All.Length], text ?? "")];
        return string.Concat(words) == string.Concat((text ?? "").EnumerateRunes()) && !words.Contains("");
    }).QuickCheckThrowOnFailure();

    private static IEnumerable<string> Words(TextSplitter splitter, string text)
    {
        Rune[] characters = [.. text.EnumerateRunes()];
        int start = 0;
        foreach (int length in splitter.Split(text))
        {
            yield return string.Concat(characters[start..(start + length)]);
            start += length;
        }
    }
}
