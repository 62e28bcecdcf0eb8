using FsCheck;
using FsCheck.Fluent;
using Tessera.Tokenization;

namespace Tessera.Host.Tests.Tokenization;

public class PromptPartProperties
{
    private static readonly FakeTokenizer s_tokenizer = new(
        ("<c>", TokenType.Control), ("<c><c>", TokenType.Control), ("ab", TokenType.UserDefined), ("<u>", TokenType.Unknown), ("c>a", TokenType.Control));

    [Fact]
    public void Template_parts_are_the_whole_text() =>
        ForAll((parts, text) =>
        {
            string literal = FakeTokenizer.Show(new PromptEncoder(s_tokenizer).Encode(parts.Select(part => PromptPart.Template(part.Text)).ToArray(), addSpecial: false));
            Assert.Equal(s_tokenizer.Encode(text), literal);
        });

    [Fact]
    public void Users_parts_alone_are_the_whole_text_without_parsing() =>
        ForAll((parts, text) =>
        {
            string literal = FakeTokenizer.Show(new PromptEncoder(s_tokenizer).Encode(parts.Select(part => PromptPart.Literal(part.Text)).ToArray(), addSpecial: false));
            Assert.Equal(s_tokenizer.Encode(text, parseSpecial: false), literal);
        });

    [Fact]
    public void No_control_token_touches_what_a_user_has_written() =>
        ForAll((parts, _) =>
        {
            // Every token of the template that has a character of the user in it was taken apart: writing the user's text in other letters changes no token.
            PromptPart[] actual = [.. parts.Select(part => part.IsTemplate ? PromptPart.Template(part.Text) : PromptPart.Literal(part.Text))];
            PromptPart[] masked = [.. parts.Select(part => part.IsTemplate ? PromptPart.Template(part.Text) : PromptPart.Literal(new string('.', part.Text.Length)))];
            var encoder = new PromptEncoder(s_tokenizer);

            Assert.Equal(Controls(encoder.Encode(masked, addSpecial: false)), Controls(encoder.Encode(actual, addSpecial: false)));
        });

    [Fact]
    public void A_user_cannot_begin_or_end_a_control_token()
    {
        var encoder = new PromptEncoder(s_tokenizer);

        Assert.Equal("[0]^x<c>y[0]", FakeTokenizer.Show(encoder.Encode([PromptPart.Template("<c>"), PromptPart.Literal("x<c>y"), PromptPart.Template("<c>")], addSpecial: false)));
        Assert.Equal("^<c>", FakeTokenizer.Show(encoder.Encode([PromptPart.Template("<"), PromptPart.Literal("c>")], addSpecial: false)));
        Assert.Equal("[0]^<c>", FakeTokenizer.Show(encoder.Encode([PromptPart.Template("<c>"), PromptPart.Literal("<c>")], addSpecial: false)));
        Assert.Equal("[1]", FakeTokenizer.Show(encoder.Encode([PromptPart.Template("<c>"), PromptPart.Literal(""), PromptPart.Template("<c>")], addSpecial: false)));
        Assert.Equal("[2]", FakeTokenizer.Show(encoder.Encode([PromptPart.Template("a"), PromptPart.Literal("b")], addSpecial: false)));
    }

    private static IEnumerable<int> Controls(IEnumerable<int> ids) => ids.Where(id => id is 0 or 1 or 3 or 4);

    private static void ForAll(Action<(string Text, bool IsTemplate)[], string> check)
    {
        Gen<(string Text, bool IsTemplate)> part =
            from text in Gen.Elements("<", "c", ">", "a", "b", "<c>", "<u>", " ").ListOf().Select(string.Concat)
            from isTemplate in Gen.Elements(true, false)
            select (text, isTemplate);
        Prop.ForAll(part.ArrayOf().ToArbitrary(), parts => check(parts, string.Concat(parts.Select(p => p.Text)))).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
