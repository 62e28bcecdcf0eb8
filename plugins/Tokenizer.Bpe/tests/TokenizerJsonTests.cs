using System.Text;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

public class TokenizerJsonTests
{
    private const string Good = """
        {"added_tokens":[{"id":4,"content":"<end>","special":true}],"normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},
         "model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"\u00c3\u00a9":5,"\u00c3":6,"\u00a9":7,"e":8},"merges":[["a","b"],"\u00c3 \u00a9"]}}
        """;

    private readonly BpeTokenizerFactory _factory = new(null);

    [Fact]
    public void Merges_may_be_pairs_or_words_and_ids_without_a_token_are_padding()
    {
        ITokenizer tokenizer = Read(Good);

        Assert.Equal([2, 5], Encode(tokenizer, "abé"));
        Assert.Equal(9, tokenizer.Vocabulary.Count);
        Assert.Equal(TokenType.Unused, tokenizer.Vocabulary.TypeOf(3));
        Assert.Equal(TokenType.Control, tokenizer.Vocabulary.TypeOf(4));
        Assert.False(tokenizer.Vocabulary.Special.AddBos);
    }

    [Fact]
    public void Composed_text_is_encoded_where_the_file_asks_for_it()
    {
        Assert.Equal([5], Encode(Read(Good.Replace("\"normalizer\":null", "\"normalizer\":{\"type\":\"NFC\"}", StringComparison.Ordinal)), "e\u0301"));
    }

    [Theory]
    [InlineData("{\"type\":\"NFD\"}", "é", new[] { 8 })]
    [InlineData("{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFD\"},{\"type\":\"NFC\"}]}", "é", new[] { 5 })]
    [InlineData("{\"type\":\"Sequence\",\"normalizers\":[]}", "é", new[] { 5 })]
    [InlineData("{\"type\":\"NFKC\"}", "\u2090\uFF42", new[] { 2 })]
    [InlineData("{\"type\":\"NFC\"}", "\uFF42", new int[0])]
    public void Normalizers_are_applied_in_order(string normalizer, string text, int[] expected) =>
        Assert.Equal(expected, Encode(Read(Good.Replace("\"normalizer\":null", $"\"normalizer\":{normalizer}", StringComparison.Ordinal)), text));

    [Fact]
    public void Tokens_strip_what_the_file_says()
    {
        ITokenizer tokenizer = Read(Good.Replace("\"special\":true", "\"special\":true,\"lstrip\":true,\"rstrip\":false", StringComparison.Ordinal));

        Assert.Equal([2, 4], new PromptEncoder(tokenizer).Encode("ab \n<end>", addSpecial: false, parseSpecial: true));
    }

    [Fact]
    public void Roles_that_the_file_does_not_tell_are_the_models() =>
        Assert.Equal(4, Read(Good, new TestMetadata().With("tokenizer.ggml.eos_token_id", 4)).Vocabulary.Special.Eos);

    [Theory]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"Lowercase\"}", "normalizer: the normalizer 'Lowercase' is not supported")]
    [InlineData("\"add_prefix_space\":false", "\"add_prefix_space\":true", "pre_tokenizer: the pre-tokenizer 'ByteLevel' is not supported as it is set")]
    [InlineData("\"ByteLevel\"", "\"Metaspace\"", "pre_tokenizer: the pre-tokenizer 'Metaspace'")]
    [InlineData("\"ByteLevel\",", "\"Split\",\"behavior\":\"Isolated\",\"pattern\":{\"Regex\":\"x\"},", "not byte-level")]
    [InlineData("\"type\":\"BPE\"", "\"byte_fallback\":true", "model.byte_fallback: byte-level BPE does not have it")]
    [InlineData("\"type\":\"BPE\"", "\"end_of_word_suffix\":\"</w>\"", "model.end_of_word_suffix: byte-level BPE does not have it")]
    [InlineData("\"vocab\":{\"a\":0", "\"vocab\":{\"a\":2000000000", "model.vocab.a: the id 2000000000 is too large")]
    [InlineData("\"vocab\":{\"a\":0", "\"vocab\":{\"a\":\"x\"", "model.vocab.a: expected a token's id, a whole number from 0, found a string")]
    [InlineData("\"normalizer\":null", "\"post_processor\":{\"type\":\"BertProcessing\"}",
        "post_processor: the post-processor 'BertProcessing' is not supported")]
    [InlineData("\"type\":\"BPE\"", "\"ignore_merges\":true", "its way to cut words is not known")]
    public void What_it_cannot_do_is_refused_by_the_files_name(string good, string bad, string reason)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Read(Good.Replace(good, bad, StringComparison.Ordinal)));

        Assert.StartsWith("some/tokenizer.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"model\":{\"type\":\"Unigram\",\"vocab\":[]}}")]
    [InlineData("{\"model\":1}")]
    [InlineData("{\"model\":{\"type\":5}}")]
    [InlineData("{\"model\":{\"type\":null,\"merges\":[]}}")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public void Other_files_are_not_recognized(string content) => Assert.False(_factory.Recognizes(Encoding.UTF8.GetBytes(content)));

    private ITokenizer Read(string json, TestMetadata? metadata = null) =>
        _factory.Read(Encoding.UTF8.GetBytes(json), "some/tokenizer.json", metadata ?? new TestMetadata(), new TokenizerOptions());

    private static List<int> Encode(ITokenizer tokenizer, string text)
    {
        var ids = new List<int>();
        tokenizer.Encode(text, afterSpecial: true, ids);
        return ids;
    }
}
