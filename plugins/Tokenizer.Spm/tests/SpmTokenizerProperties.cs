using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm.Tests;

public class SpmTokenizerProperties
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static readonly ITokenizer Tokenizer = new TinyVocabulary().AddBytes().Add("▁").Add("a").Add("b").Add("é")
        .Add("ab", -1).Add("▁a", -2).Add("ba", -2).Add("aa", -2).Add("▁▁", -3).Add("aba", -3).Add("▁ab", -4).Add("▁▁▁▁", -5).Add("éé", -5).Add("abab", -6)
        .Add("<|x|>", 0, TokenType.Control).Add("<|y|>", 0, TokenType.UserDefined).Create();

    private static readonly PromptEncoder Encoder = new(Tokenizer);

    // Few letters, so that merges compete; all of UTF-16, with lone surrogates, to see that nothing throws.
    private static Arbitrary<string> Texts => Gen.OneOf(
        Gen.Elements("a", "b", " ", "é", "ab", "<|x|>", "<|y|>", "<|", "\n", "😀", "\uD83D", "\uDE00", "世").ArrayOf().Select(string.Concat),
        ArbMap.Default.GeneratorFor<char>().ArrayOf().Select(units => new string(units))).ToArbitrary();

    [Fact]
    public void Decoding_gives_back_what_was_encoded() =>
        Prop.ForAll(Texts, text => Assert.Equal(Expected(text), StreamingDecoder.Decode(Tokenizer, Encoder.Encode(text, false, false)))).Check(Thorough);

    [Fact]
    public void Streaming_gives_the_whole_text() =>
        Prop.ForAll(Texts, text =>
        {
            var decoder = new StreamingDecoder(Tokenizer, startsText: true);
            var streamed = new StringBuilder();
            foreach (int id in Encoder.Encode(text, false, false))
            {
                streamed.Append(decoder.Append(id));
            }

            Assert.Equal(Expected(text), streamed.Append(decoder.Flush()).ToString());
        }).Check(Thorough);

    [Fact]
    public void The_queue_merges_as_a_search_through_all_pairs_does() =>
        Prop.ForAll(Gen.Elements('a', 'b', ' ', 'é').ArrayOf(40).Select(units => new string(units)).ToArbitrary(), text =>
        {
            List<string> pieces = [.. (" " + text).Replace(' ', '▁').Select(c => c.ToString())];
            while (BestPair(pieces) is >= 0 and int left)
            {
                pieces[left] += pieces[left + 1];
                pieces.RemoveAt(left + 1);
            }

            Assert.Equal(pieces, Encoder.Encode(text, false, false).Select(Tokenizer.Vocabulary.StringOf));
        }).Check(Thorough);

    private static int BestPair(List<string> pieces)
    {
        (int left, float score) = (-1, float.NegativeInfinity);
        for (int i = 0; i + 1 < pieces.Count; i++)
        {
            int id = Tokenizer.Vocabulary.Find(pieces[i] + pieces[i + 1]);
            if (id >= 0 && Tokenizer.Vocabulary.ScoreOf(id) > score)
            {
                (left, score) = (i, Tokenizer.Vocabulary.ScoreOf(id));
            }
        }

        return left;
    }

    // Every user-defined token sets a space before the text that follows it, and lone surrogates are replaced.
    private static string Expected(string text)
    {
        string[] parts = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('▁', ' ').Split("<|y|>");
        return string.Join("<|y|>", parts.Select((part, i) => i > 0 && part.Length > 0 ? " " + part : part));
    }
}
