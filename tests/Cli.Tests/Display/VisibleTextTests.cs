using System.Globalization;
using Tessera.Cli.Display;

namespace Tessera.Cli.Tests.Display;

public class VisibleTextTests
{
    [Theory]
    [InlineData("plain, Zoë, 日本, 👩‍🚀", "plain, Zoë, 日本, 👩‍🚀")]
    [InlineData("a\u001B[31mb\u0007", @"a\u001B[31mb\u0007")]
    [InlineData("\0\u007F\u0085\u009B", @"\u0000\u007F\u0085\u009B")]
    [InlineData("user\u202Egpj.exe\u2066\u200F\u061C", @"user\u202Egpj.exe\u2066\u200F\u061C")]
    [InlineData("a\nb\r\nc\td\re", @"a\nb\r\nc\td\re")]
    public void A_line_shows_what_would_act(string text, string visible) => Assert.Equal(visible, VisibleText.Line(text));

    [Fact]
    public void Halves_of_pairs_are_shown() => Assert.Equal(@"\uD800x\uDC00\uDC00\uD800", VisibleText.Line("\uD800x\uDC00\uDC00\uD800"));

    [Fact]
    public void Lines_and_tabs_of_a_text_stay() => Assert.Equal("a\nb\r\nc\td" + @"\re\u001B", VisibleText.Lines("a\nb\r\nc\td\re\u001B"));

    [Fact]
    public void Nothing_that_acts_is_shown_as_it_is()
    {
        for (int code = 0; code <= char.MaxValue; code++)
        {
            string visible = VisibleText.Line($"{(char)code}");

            Assert.DoesNotContain(visible, c => char.IsControl(c) || char.IsSurrogate(c)
                || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
        }
    }

    [Fact]
    public void A_writer_shows_text_as_it_comes_and_keeps_pairs_together()
    {
        var output = new StringWriter();
        using var writer = new VisibleWriter(output);
        foreach (char c in "👩\u001B\uD83D!")
        {
            writer.Write(c);
        }

        writer.Write("\u001B".AsSpan());
        writer.WriteLine("\u009B");
        writer.Write([.. "\u0007"], 0, 1);

        Assert.Equal("👩" + @"\u001B\uD83D!\u001B\u009B" + Environment.NewLine + @"\u0007", output.ToString());
    }

    [Fact]
    public void Markup_of_others_is_text()
    {
        string hostile = "[red]x[/]\u001B\n";

        Assert.Equal(@"[bold][[red]]x[[/]]\u001B\n[/] [[red]]x[[/]]\u001B\n  5", StyledText.Of($"[bold]{hostile}[/] {(StyledText)hostile} {5,2}").Markup);
    }
}
