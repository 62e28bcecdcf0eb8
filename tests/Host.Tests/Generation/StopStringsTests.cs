using FsCheck;
using FsCheck.Fluent;
using Tessera.Generation;

namespace Tessera.Host.Tests.Generation;

public class StopStringsTests
{
    [Fact]
    public void Text_before_a_stop_string_is_shown_and_the_rest_is_not()
    {
        var stop = new StopStrings(["STOP"]);

        Assert.Equal("one two ", stop.Append("one two STOP three"));
        Assert.Equal("STOP", stop.Matched);
        Assert.Equal("", stop.Append("four"));
        Assert.Equal("", stop.Flush());
        Assert.Equal("STOP", stop.Matched);
    }

    [Fact]
    public void A_stop_string_may_come_in_several_pieces()
    {
        var stop = new StopStrings(["<|end|>"]);

        Assert.Equal("Yes", stop.Append("Yes<"));
        Assert.Equal("", stop.Append("|en"));
        Assert.Null(stop.Matched);
        Assert.Equal("", stop.Append("d|>No"));
        Assert.Equal("<|end|>", stop.Matched);
    }

    [Fact]
    public void What_was_held_back_is_shown_once_it_cannot_become_a_stop_string()
    {
        var stop = new StopStrings(["<|end|>"]);

        Assert.Equal("a ", stop.Append("a <"));
        Assert.Equal("<< b ", stop.Append("< b <|"));
        Assert.Equal("<|", stop.Flush());
        Assert.Null(stop.Matched);
    }

    [Fact]
    public void After_a_flush_text_begins_anew()
    {
        var stop = new StopStrings(["abc"]);

        Assert.Equal("", stop.Append("ab"));
        Assert.Equal("ab", stop.Flush());
        Assert.Equal("", stop.Flush());
        Assert.Equal("c", stop.Append("c"));
        Assert.Null(stop.Matched);
    }

    [Fact]
    public void Held_back_text_may_shrink_to_a_later_beginning()
    {
        var stop = new StopStrings(["aab"]);

        Assert.Equal("", stop.Append("aa"));
        Assert.Equal("a", stop.Append("a"));
        Assert.Equal("", stop.Append("b"));
        Assert.Equal("aab", stop.Matched);
    }

    [Theory]
    [InlineData("xabcy", "ab", "x", "ab", "abc")]
    [InlineData("xabcy", "bc", "xa", "abcd", "bc")]
    [InlineData("xabcy", "abc", "x", "bc", "abc", "c")]
    [InlineData("xabcy", "b", "xa", "abc", "b")]
    public void The_first_complete_stop_string_matches_and_the_longest_of_those(string text, string matched, string shown, params string[] strings)
    {
        var whole = new StopStrings(strings);
        var byCharacter = new StopStrings(strings);

        Assert.Equal(shown, whole.Append(text));
        Assert.Equal(shown, string.Concat(text.Select(character => byCharacter.Append(character.ToString()))));
        Assert.Equal(matched, whole.Matched);
        Assert.Equal(matched, byCharacter.Matched);
    }

    [Fact]
    public void Comparison_is_ordinal()
    {
        var stop = new StopStrings(["\u00E9", "\r\n"]);

        Assert.Equal("e\u0301 \u00C9 \n", stop.Append("e\u0301 \u00C9 \n"));
        Assert.Null(stop.Matched);
    }

    [Fact]
    public void Without_stop_strings_all_text_passes()
    {
        Assert.Equal("text", new StopStrings([]).Append("text"));
    }

    [Fact]
    public void An_empty_stop_string_is_refused()
    {
        Assert.Throws<TesseraException>(() => new StopStrings(["a", ""]));
    }

    [Fact]
    public void Pieces_show_what_a_search_of_the_whole_text_finds()
    {
        Gen<string> word = Gen.Elements('a', 'b', 'c').NonEmptyListOf().Resize(5).Select(letters => string.Concat(letters));
        Gen<string> piece = Gen.Elements('a', 'b', 'c', 'd').ListOf().Resize(6).Select(letters => string.Concat(letters));
        var cases = Gen.Zip(word.ListOf().Resize(4), piece.ListOf().Resize(12));

        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            string[] strings = [.. one.Item1];
            var stop = new StopStrings(strings);
            string text = "";
            string shown = "";
            foreach (string next in one.Item2)
            {
                text += next;
                shown += stop.Append(next);
                (string before, string? found) = Search(text, strings);
                Assert.Equal(found, stop.Matched);
                Assert.Equal(found is null ? text[..^Unsafe(text, strings)] : before, shown);
            }

            Assert.Equal(Search(text, strings).Before, shown + stop.Flush());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static (string Before, string? Found) Search(string text, string[] strings)
    {
        var matches = from stop in strings
                      from start in Enumerable.Range(0, text.Length)
                      where text[start..].StartsWith(stop, StringComparison.Ordinal)
                      orderby start + stop.Length, start
                      select (text[..start], stop);
        return matches.Select(match => (match.Item1, (string?)match.stop)).FirstOrDefault((text, null));
    }

    /// <summary>How many characters at the text's end may begin a stop string.</summary>
    private static int Unsafe(string text, string[] strings) =>
        Enumerable.Range(0, text.Length + 1).Last(n => n == 0 || strings.Any(stop => stop.Length > n && stop.StartsWith(text[^n..], StringComparison.Ordinal)));
}
