using System.Buffers;
using System.Text;
using Tessera.Conformance;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm.Tests;

public class SpmTokenizerTests
{
    private static TinyVocabulary Letters => new TinyVocabulary().Set("tokenizer.ggml.add_space_prefix", false).Add("a").Add("b").Add("c").Add("▁");

    [Fact]
    public void The_merge_with_the_highest_score_comes_first() =>
        Assert.Equal("a|bc", Pieces(Letters.Add("ab", -2).Add("bc", -1).Create(), "abc"));

    [Fact]
    public void Of_equal_scores_the_leftmost_merges_first() =>
        Assert.Equal("ab|c|ab|c", Pieces(Letters.Add("ab", -1).Add("bc", -1).Create(), "abcabc"));

    [Fact]
    public void Negative_and_positive_zero_are_equal_scores() =>
        Assert.Equal("ab|c", Pieces(Letters.Add("ab", -0.0f).Add("bc", 0.0f).Create(), "abc"));

    [Fact]
    public void Positive_scores_go_before_negative_ones() =>
        Assert.Equal("a|bc", Pieces(Letters.Add("ab", -0.5f).Add("bc", 3f).Create(), "abc"));

    [Fact]
    public void A_merged_piece_merges_on() =>
        Assert.Equal("aaaa|aa|a", Pieces(Letters.Add("aa", -1).Add("aaaa", -2).Create(), "aaaaaaa"));

    [Fact]
    public void A_pair_whose_piece_was_taken_no_longer_merges() =>
        Assert.Equal("abc|a|b", Pieces(Letters.Add("bc", -1).Add("abc", -2).Add("ca", -3).Create(), "abcab"));

    [Fact]
    public void Spaces_are_letters_of_their_own() =>
        Assert.Equal("a|▁|▁b", Pieces(Letters.Add("▁b", -1).Create(), "a  b"));

    [Fact]
    public void What_no_token_expresses_becomes_bytes() =>
        Assert.Equal("a|<0xC3>|<0xA9>|<0xF0>|<0x9F>|<0x98>|<0x80>", Pieces(Letters.AddBytes().Create(), "aé😀"));

    [Fact]
    public void Without_byte_tokens_the_unknown_token_stands_for_each_byte() =>
        Assert.Equal("a|<unk>|<unk>|b", Pieces(Letters.Create(), "aéb"));

    /// <summary>A character is as long as its first byte says, whatever follows.</summary>
    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xC3, (byte)'b', (byte)'c' }, "a|<0xC3>|<0x62>|c")]
    [InlineData(new byte[] { (byte)'b', 0x80, (byte)'b' }, "b|<0x80>|b")]
    [InlineData(new byte[] { 0xFF, (byte)'b', (byte)'b', (byte)'b', (byte)'b' }, "<0xFF>|<0x62>|<0x62>|<0x62>|b")]
    [InlineData(new byte[] { (byte)'b', 0xE2, 0x96 }, "b|<0xE2>|<0x96>")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, (byte)'a' }, "<0xEF>|<0xBB>|<0xBF>|a")]
    [InlineData(new byte[] { 0xC3, (byte)' ', (byte)'a' }, "<0xC3>|<0xE2>|<0x96>|<0x81>|a")]
    public void Bytes_that_are_no_utf_8_are_taken_as_the_reference_takes_them(byte[] text, string expected)
    {
        ITokenizer tokenizer = Letters.AddBytes().Create();

        List<int> ids = new PromptEncoder(tokenizer).Encode(text, addSpecial: false, parseSpecial: false);

        Assert.Equal(expected, string.Join('|', ids.Select(tokenizer.Vocabulary.StringOf)));
    }

    [Fact]
    public void The_space_prefix_stands_at_the_start_and_after_special_tokens()
    {
        ITokenizer tokenizer = new TinyVocabulary().Add("a").Add("▁").Add("▁a", -1).Add("<|x|>", 0, TokenType.Control).Create();

        Assert.Equal("<s>|▁a|a|<|x|>|▁a|<|x|>|<|x|>|▁|▁a", Pieces(tokenizer, "aa<|x|>a<|x|><|x|> a", addSpecial: true));
    }

    [Fact]
    public void A_vocabulary_can_go_without_space_prefix() =>
        Assert.Equal("a|<s>|a", Pieces(Letters.Create(), "a<s>a"));

    [Fact]
    public void Roles_that_the_file_does_not_state_are_those_of_sentencepiece()
    {
        SpecialTokens special = new TinyVocabulary().Create().Vocabulary.Special;

        Assert.Equal((1, 2, 0), (special.Bos, special.Eos, special.Unknown));
        Assert.True(special.AddBos && special.AddSpacePrefix);
        Assert.False(special.AddEos || special.CleanSpaces);
    }

    [Fact]
    public void Tokens_decode_by_their_type()
    {
        ITokenizer tokenizer = new TinyVocabulary().AddBytes().Add("▁a▁▁b").Add("▁c", 0, TokenType.UserDefined).Add("d", 0, TokenType.Unused).Create();

        Assert.Equal(" a  b", Decode(tokenizer, "▁a▁▁b"));
        Assert.Equal("▁c", Decode(tokenizer, "▁c"));
        Assert.Equal("\n", Decode(tokenizer, "<0x0A>"));
        Assert.Equal("", Decode(tokenizer, "d"));
        Assert.Equal("", Decode(tokenizer, "<s>"));
        Assert.Equal("", Decode(tokenizer, "<unk>"));
    }

    [Theory]
    [InlineData("<0x1>")]
    [InlineData("<0xGG>")]
    [InlineData("<0x100>")]
    [InlineData("A")]
    public void A_byte_token_that_names_no_byte_is_an_error_that_says_where(string text)
    {
        var error = Assert.Throws<GgufException>(() => new TinyVocabulary().Add(text, 0, TokenType.Byte).Create());

        Assert.Contains("tiny.gguf", error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.ggml.tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains($"token 3, '{text}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Phi_3_strips_white_space_after_its_control_tokens()
    {
        TinyVocabulary vocabulary = new TinyVocabulary().Add("a").Add("▁").Add("▁a", -1).Add("<|x|>", 0, TokenType.Control).Set("general.name", "Phi-3 Tiny");

        Assert.Equal("▁a|▁|<|x|>|▁a|<s>|▁|▁a", Pieces(vocabulary.Create(), "a <|x|> \n a<s> a"));
    }

    [Fact]
    public void A_chat_turn_of_a_vocabulary_that_lacks_its_control_token_is_plain_text()
    {
        using GgufFile file = GgufFile.Open(Golden.Path("vocabs/llama-spm.gguf"));
        ITokenizer tokenizer = new SpmTokenizerFactory().Create(file.Metadata, new TokenizerOptions());

        List<int> ids = new PromptEncoder(tokenizer).Encode("<|user|>\nWhat is the capital of France?", addSpecial: true, parseSpecial: true);

        Assert.Equal([1, 529, 29989, 1792, 29989, 29958, 13, 5618, 338, 278, 7483, 310, 3444, 29973], ids);
    }

    [Fact]
    public void A_token_that_is_no_utf_8_is_its_bytes()
    {
        byte[][] texts = ["<unk>"u8.ToArray(), "<s>"u8.ToArray(), "</s>"u8.ToArray(), [0xE9], "a"u8.ToArray()];
        byte[] payload = [.. texts.SelectMany(text => (byte[])[.. BitConverter.GetBytes((ulong)text.Length), .. text])];
        var writer = new GgufWriter();
        writer.Set("tokenizer.ggml.tokens", new GgufValue(GgufValueType.Array, GgufValueType.String, texts.Length, payload, 0));
        writer.Set("tokenizer.ggml.add_space_prefix", false);
        ITokenizer tokenizer = new SpmTokenizerFactory().Create(GgufFile.Read(writer.ToArray(), "tiny.gguf").Metadata, new TokenizerOptions());
        var bytes = new ArrayBufferWriter<byte>();

        Assert.Equal([1, 4, 3], new PromptEncoder(tokenizer).Encode([0x61, 0xE9], addSpecial: true, parseSpecial: false));
        tokenizer.Decode(3, bytes);
        Assert.Equal((byte[])[0xE9], bytes.WrittenSpan.ToArray());
    }

    private static string Pieces(ITokenizer tokenizer, string text, bool addSpecial = false) =>
        string.Join('|', new PromptEncoder(tokenizer).Encode(text, addSpecial, parseSpecial: true).Select(tokenizer.Vocabulary.StringOf));

    private static string Decode(ITokenizer tokenizer, string token)
    {
        var bytes = new ArrayBufferWriter<byte>();
        tokenizer.Decode(tokenizer.Vocabulary.Find(token), bytes);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
