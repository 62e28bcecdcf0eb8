using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tessera.Tokenization;

namespace Tessera.Host.Tests.Tokenization;

public class SpecialTokenCutterProperties
{
    [Fact]
    public void The_cut_is_that_of_the_definition()
    {
        Gen<string> words = Gen.Elements("a", "b", "<", " ", "é", "\n").NonEmptyListOf().Select(string.Concat);
        Gen<(string Text, string[] Tokens, int[] Attributes)> inputs =
            from text in Gen.Elements("a", "b", "<", " ", "é", "\n").ArrayOf(30)
            from tokens in words.Where(w => w.Length <= 4).ArrayOf(5)
            from attributes in Gen.Choose(0, 3).ArrayOf(5)
            select (string.Concat(text), tokens.Distinct().ToArray(), attributes);

        Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            var vocabulary = new Vocabulary(
                [.. input.Tokens.Select(t => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(t))],
                [.. input.Tokens.Select(_ => TokenType.Control)],
                new float[input.Tokens.Length],
                new SpecialTokens(),
                [.. input.Attributes.Take(input.Tokens.Length).Select(a => (TokenAttributes)a)]);

            byte[] text = Encoding.UTF8.GetBytes(input.Text);
            IEnumerable<string> actual = new SpecialTokenCutter(vocabulary, _ => true).Cut(text, [])
                .Select(f => f.Token >= 0 ? $"[{f.Token}]" : Encoding.UTF8.GetString(text[f.Start..f.End]));

            Assert.Equal(Define(input.Text, vocabulary), actual);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    // Token by token, longest first, the text splits at the token; parts at an odd index are the token itself.
    private static List<string> Define(string text, Vocabulary vocabulary)
    {
        List<(string Text, bool Free)> parts = [(text, true)];
        foreach (int id in Enumerable.Range(0, vocabulary.Count).OrderByDescending(id => vocabulary.TextOf(id).Length))
        {
            parts = [.. parts.SelectMany(p => p.Free ? Split(p.Text, id, vocabulary) : [p])];
        }

        return [.. parts.Select(p => p.Text)];
    }

    private static IEnumerable<(string Text, bool Free)> Split(string text, int id, Vocabulary vocabulary)
    {
        TokenAttributes attributes = vocabulary.AttributesOf(id);
        while (text.IndexOf(vocabulary.StringOf(id), StringComparison.Ordinal) is >= 0 and int at)
        {
            string left = attributes.HasFlag(TokenAttributes.StripLeft) ? text[..at].TrimEnd(' ', '\n') : text[..at];
            if (left.Length > 0)
            {
                yield return (left, true);
            }

            yield return ($"[{id}]", false);
            string right = text[(at + vocabulary.StringOf(id).Length)..];
            text = attributes.HasFlag(TokenAttributes.StripRight) ? right.TrimStart(' ', '\n') : right;
        }

        if (text.Length > 0)
        {
            yield return (text, true);
        }
    }
}
