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
        ForAll(parts => Assert.Equal(s_tokenizer.Encode(TextOf(parts)), Show([.. parts.Select(part => PromptPart.Template(part.Text))])));

    [Fact]
    public void Users_parts_alone_are_the_whole_text_without_parsing() =>
        ForAll(parts => Assert.Equal(s_tokenizer.Encode(TextOf(parts), parseSpecial: false), Show([.. parts.Select(part => PromptPart.Literal(part.Text))])));

    [Fact]
    public void What_a_user_writes_changes_no_control_token() => ForAll(parts =>
    {
        PromptPart[] masked = [.. parts.Select(part => part.IsTemplate ? part : PromptPart.Literal(new string('.', part.Text.Length)))];

        Assert.Equal(Controls(masked), Controls(parts));
    });

    [Fact]
    public void A_user_cannot_begin_or_end_a_control_token()
    {
        Assert.Equal("[0]^x<c>y[0]", Show(PromptPart.Template("<c>"), PromptPart.Literal("x<c>y"), PromptPart.Template("<c>")));
        Assert.Equal("^<c>", Show(PromptPart.Template("<"), PromptPart.Literal("c>")));
        Assert.Equal("[0]^<c>", Show(PromptPart.Template("<c>"), PromptPart.Literal("<c>")));
        Assert.Equal("[1]", Show(PromptPart.Template("<c>"), PromptPart.Literal(""), PromptPart.Template("<c>")));
        Assert.Equal("[2]", Show(PromptPart.Template("a"), PromptPart.Literal("b")));
    }

    private static string TextOf(IEnumerable<PromptPart> parts) => string.Concat(parts.Select(part => part.Text));

    private static string Show(params PromptPart[] parts) => FakeTokenizer.Show(new PromptEncoder(s_tokenizer).Encode(parts, addSpecial: false));

    private static IEnumerable<int> Controls(PromptPart[] parts) =>
        new PromptEncoder(s_tokenizer).Encode(parts, addSpecial: false).Where(id => id is 0 or 1 or 3 or 4);

    private static void ForAll(Action<PromptPart[]> check)
    {
        Gen<PromptPart> part =
            from text in Gen.Elements("<", "c", ">", "a", "b", "<c>", "<u>", " ").ListOf().Select(string.Concat)
            from isTemplate in Gen.Elements(true, false)
            select isTemplate ? PromptPart.Template(text) : PromptPart.Literal(text);
        Prop.ForAll(part.ArrayOf().ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
