using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

public class BpeTokenizerTests
{
    [Theory]
    [InlineData("hello world", "hello|Ġworld")]
    [InlineData("hell", "hell")]
    [InlineData("help", "he|l|p")]
    [InlineData("hello  world", "hello|Ġ|Ġworld")]
    [InlineData("\n\n", "ĊĊ")]
    [InlineData("é", "Ã|©")]
    [InlineData("", "")]
    public void Bytes_of_a_word_merge_to_tokens(string text, string expected) => Assert.Equal(expected, TinyVocabulary.Tokenizer().Show(text));

    [Theory]
    [InlineData("aaa", "aa|a")]
    [InlineData("aaaa", "aaaa")]
    [InlineData("aaaaaaa", "aaaa|aa|a")]
    public void Of_equal_ranks_the_leftmost_pair_merges_first(string text, string expected) => Assert.Equal(expected, TinyVocabulary.Tokenizer().Show(text));

    /// <summary>A byte where no form of UTF-8 begins is U+FFFD; halves of surrogate pairs and overlong forms are code points like any other.</summary>
    [Theory]
    [InlineData(new byte[] { 0xFF, (byte)'a' }, new byte[] { 0xEF, 0xBF, 0xBD, (byte)'a' })]
    [InlineData(new byte[] { (byte)'a', 0xE4, 0xB8, (byte)'b' }, new byte[] { (byte)'a', 0xEF, 0xBF, 0xBD, 0xEF, 0xBF, 0xBD, (byte)'b' })]
    [InlineData(new byte[] { 0xC3 }, new byte[] { 0xEF, 0xBF, 0xBD })]
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD, (byte)'a' }, new byte[] { 0xED, 0xA0, 0xBD, (byte)'a' })]
    [InlineData(new byte[] { 0xC1, 0x81, 0xE0, 0x83, 0x83 }, new byte[] { 0x41, 0xC3, 0x83 })]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x99, 0x82, 0x80 }, new byte[] { 0xF0, 0x9F, 0x99, 0x82, 0xEF, 0xBF, 0xBD })]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x80 }, new byte[] { 0xEF, 0xBB, 0xBF, 0xEF, 0xBF, 0xBD })]
    public void Bytes_that_are_no_utf_8_are_taken_as_the_reference_takes_them(byte[] text, byte[] expected)
    {
        // A token for each byte, whose id it is.
        List<int> ids = new PromptEncoder(TinyVocabulary.Tokenizer()).Encode(text, addSpecial: false, parseSpecial: false);

        Assert.Equal(expected.Select(value => (int)value), ids);
    }

    [Fact]
    public void The_lowest_rank_merges_first_wherever_it_stands()
    {
        Assert.Equal("a|bc", TinyVocabulary.Tokenizer(merges: ["b c", "a b"]).Show("abc"));
        Assert.Equal("ab|c", TinyVocabulary.Tokenizer(merges: ["a b", "b c"]).Show("abc"));
    }

    [Fact]
    public void The_first_of_two_equal_merges_counts() => Assert.Equal("ab|c", TinyVocabulary.Tokenizer(merges: ["a b", "b c", "a b"]).Show("abc"));

    [Fact]
    public void A_whole_word_becomes_its_token_only_where_the_family_ignores_merges()
    {
        Assert.Equal("x|y", TinyVocabulary.Tokenizer("gpt-2", more: ["xy"]).Show("xy"));
        Assert.Equal("xy", TinyVocabulary.Tokenizer("llama-bpe", more: ["xy"]).Show("xy"));
    }

    [Fact]
    public void A_merge_that_makes_no_token_leaves_the_bytes_that_ascii_spells()
    {
        TestMetadata metadata = TinyVocabulary.Metadata(merges: ["x y", "Ã ©"])
            .With("tokenizer.ggml.tokens", [.. Enumerable.Range(0, 256).Select(TinyVocabulary.Spell)]);
        ITokenizer tokenizer = new BpeTokenizerFactory(null).Create(metadata, new TokenizerOptions());

        Assert.Equal("x|y", tokenizer.Show("xy"));
        Assert.Equal("", tokenizer.Show("é"));
    }

    [Fact]
    public void A_lone_surrogate_is_the_replacement_character()
    {
        ITokenizer tokenizer = TinyVocabulary.Tokenizer();

        Assert.Equal(tokenizer.Encode("a\uFFFDb"), tokenizer.Encode("a\uD800b"));
    }

    [Fact]
    public void Decoding_writes_what_each_type_of_token_stands_for()
    {
        TestMetadata metadata = TinyVocabulary.Metadata(merges: [], more: ["Ġx", "<|user|>", "Ġ y", "<0x41>", "Ġz"])
            .With("tokenizer.ggml.token_type", [.. Enumerable.Repeat((int)TokenType.Normal, 257),
                (int)TokenType.Control, (int)TokenType.UserDefined, (int)TokenType.Byte, (int)TokenType.Unused]);
        ITokenizer tokenizer = new BpeTokenizerFactory(null).Create(metadata, new TokenizerOptions());

        Assert.Equal([" x", "", "Ġ y", "A", ""], Enumerable.Range(256, 5).Select(id => tokenizer.Decode([id])));
    }

    [Fact]
    public void A_vocabulary_in_plain_utf8_marks_spaces_and_falls_back_to_byte_tokens()
    {
        TestMetadata metadata = new TestMetadata()
            .With("tokenizer.ggml.pre", "gemma4")
            .With("tokenizer.ggml.tokens", ["a", "▁", "b", "▁b", "<0xC3>", "<0xA9>", "\n", "\n\n", "a▁b"])
            .With("tokenizer.ggml.merges", ["▁ b", "a ▁b"]);
        ITokenizer tokenizer = new BpeTokenizerFactory(null).Create(metadata, new TokenizerOptions());

        Assert.Equal("a▁b", tokenizer.Show("a b"));
        Assert.Equal("▁|<0xC3>|<0xA9>", tokenizer.Show(" é"));
        Assert.Equal("\n\n", tokenizer.Show("\n\n"));
        Assert.Equal("a b", tokenizer.Decode(tokenizer.Encode("a b")));
    }

    [Fact]
    public void Decoding_gives_any_encoded_text_back() => Prop.ForAll<string>(text =>
    {
        ITokenizer tokenizer = TinyVocabulary.Tokenizer("qwen2");
        return tokenizer.Decode(tokenizer.Encode(text ?? "")) == string.Concat((text ?? "").EnumerateRunes());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_with_a_queue_equals_merging_by_search()
    {
        ITokenizer tokenizer = TinyVocabulary.Tokenizer(merges: ["b a", "a b", "a a", "ab ab", "ba a", "aa b", "b b", "abab a", "bb aa"]);
        Gen<string> words = Gen.Elements('a', 'b').ArrayOf().Select(c => new string(c));

        Prop.ForAll(words.ToArbitrary(), word => tokenizer.Show(word) == string.Join('|', BySearch(word))).QuickCheckThrowOnFailure();

        List<string> BySearch(string word)
        {
            string[] merges = ["b a", "a b", "a a", "ab ab", "ba a", "aa b", "b b", "abab a", "bb aa"];
            List<string> parts = [.. word.Select(c => $"{c}")];
            while (true)
            {
                var best = Enumerable.Range(0, Math.Max(0, parts.Count - 1))
                    .Select(i => (Rank: Array.IndexOf(merges, $"{parts[i]} {parts[i + 1]}"), At: i))
                    .Where(p => p.Rank >= 0).OrderBy(p => p).Select(p => (int?)p.At).FirstOrDefault();
                if (best is not { } at)
                {
                    return parts;
                }

                parts[at] += parts[at + 1];
                parts.RemoveAt(at + 1);
            }
        }
    }

    [Fact]
    public void Threads_may_share_a_tokenizer()
    {
        ITokenizer tokenizer = TinyVocabulary.Tokenizer();
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => string.Concat(Enumerable.Repeat($"hello world {i} ", i)))];
        List<int>[] expected = [.. texts.Select(tokenizer.Encode)];

        Parallel.For(0, texts.Length, i => Assert.Equal(expected[i], tokenizer.Encode(texts[i])));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("🙂")]
    [InlineData("1")]
    public void A_long_run_of_one_character_is_no_special_case(string character)
    {
        ITokenizer tokenizer = TinyVocabulary.Tokenizer("jais-2");
        string text = new StringBuilder().Insert(0, character, 100_000).ToString();

        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }
}
