using Microsoft.Extensions.Logging;
using Moq;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

public class BpeTokenizerFactoryTests
{
    private readonly Mock<ILogger> _logger = new();

    public BpeTokenizerFactoryTests() => _logger.Setup(l => l.IsEnabled(It.IsAny<LogLevel>())).Returns(true);

    [Fact]
    public void An_unknown_pre_tokenizer_is_named_together_with_the_way_out()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Create(TinyVocabulary.Metadata("unheard-of")));

        Assert.Contains("test.gguf", error.Message, StringComparison.Ordinal);
        Assert.Contains("'unheard-of'", error.Message, StringComparison.Ordinal);
        Assert.Contains("--pre NAME", error.Message, StringComparison.Ordinal);
        Assert.Contains("llama-bpe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_users_pre_tokenizer_goes_before_the_files()
    {
        ITokenizer tokenizer = Create(TinyVocabulary.Metadata("unheard-of", merges: ["1 2", "12 3", "123 4"]), new TokenizerOptions("llama-bpe"));

        Assert.Equal("123|4", tokenizer.Show("1234"));
        Assert.True(tokenizer.Vocabulary.Special.AddBos);
    }

    [Fact]
    public void An_unknown_name_from_the_user_is_an_error_too() =>
        Assert.Throws<TesseraException>(() => Create(TinyVocabulary.Metadata(), new TokenizerOptions("unheard-of")));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_missing_pre_tokenizer_is_default_with_a_warning(string? pre)
    {
        ITokenizer tokenizer = Create(TinyVocabulary.Metadata(pre, merges: ["1 2", "12 3", "123 4"]));

        Assert.Equal("123|4", tokenizer.Show("1234"));
        VerifyWarnings(Times.Once());
    }

    [Fact]
    public void A_named_pre_tokenizer_warns_nobody()
    {
        Create(TinyVocabulary.Metadata());

        VerifyWarnings(Times.Never());
    }

    [Fact]
    public void Without_a_plugin_context_a_missing_pre_tokenizer_is_default() =>
        Assert.NotNull(new BpeTokenizerFactory(null).Create(TinyVocabulary.Metadata(null), new TokenizerOptions()));

    [Fact]
    public void Missing_merges_are_an_error_that_names_the_key()
    {
        TestMetadata metadata = new TestMetadata().With("tokenizer.ggml.pre", "gpt-2").With("tokenizer.ggml.tokens", ["a"]);

        Assert.Contains("tokenizer.ggml.merges", Assert.Throws<GgufException>(() => Create(metadata)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_without_merges_does_without_them()
    {
        TestMetadata metadata = new TestMetadata().With("tokenizer.ggml.pre", "kimi-k2").With("tokenizer.ggml.tokens", ["a"]);

        Assert.Equal("a|a", Create(metadata).Show("aa"));
    }

    [Fact]
    public void Bos_and_eos_are_token_11_where_the_file_names_none()
    {
        SpecialTokens special = Create(TinyVocabulary.Metadata("qwen2")).Vocabulary.Special;

        Assert.Equal((11, 11, false, false, false), (special.Bos, special.Eos, special.AddBos, special.AddEos, special.AddSpacePrefix));
        Assert.Equal(-1, Create(TinyVocabulary.Metadata("chatglm-bpe")).Vocabulary.Special.Bos);
    }

    [Fact]
    public void What_the_file_says_of_bos_and_eos_goes_first()
    {
        TestMetadata metadata = TinyVocabulary.Metadata("llama-bpe").With("tokenizer.ggml.bos_token_id", 7).With("tokenizer.ggml.add_bos_token", false);

        SpecialTokens special = Create(metadata).Vocabulary.Special;

        Assert.Equal((7, 11, false), (special.Bos, special.Eos, special.AddBos));
    }

    [Fact]
    public void Default_ids_beyond_a_small_vocabulary_are_none()
    {
        TestMetadata metadata = new TestMetadata().With("tokenizer.ggml.pre", "gpt-2")
            .With("tokenizer.ggml.tokens", ["a", "b"]).With("tokenizer.ggml.merges", ["a b"]);

        Assert.Equal((-1, -1), (Create(metadata).Vocabulary.Special.Bos, Create(metadata).Vocabulary.Special.Eos));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData(" ab")]
    [InlineData("a ")]
    [InlineData("")]
    [InlineData("中 b")]
    public void A_merge_that_no_text_can_use_is_passed_over(string merge) =>
        Assert.Equal("a|b", Create(TinyVocabulary.Metadata().With("tokenizer.ggml.merges", [merge])).Show("ab"));

    [Theory]
    [InlineData("jina-v2-de", "", "<mask>", TokenAttributes.StripLeft)]
    [InlineData("jina-v2-es", "Phi-3", "<|x|>", TokenAttributes.None)]
    [InlineData("gpt-2", "My Modern-BERT", "[MASK]", TokenAttributes.StripLeft)]
    [InlineData("gpt-2", "My Modern-BERT", "<mask>", TokenAttributes.None)]
    [InlineData("gpt-2", "a PHI3 merge", "<|x|>", TokenAttributes.StripRight)]
    [InlineData("gpt-2", "a PHI3 merge", "<s>", TokenAttributes.None)]
    [InlineData("gpt-2", "", "<|x|>", TokenAttributes.None)]
    public void Tokens_strip_white_space_as_pre_tokenizer_and_name_imply(string pre, string name, string token, TokenAttributes expected)
    {
        TestMetadata metadata = TinyVocabulary.Metadata(pre, merges: [], more: ["<mask>", "[MASK]", "<|x|>", "<s>"])
            .With("tokenizer.ggml.token_type", [.. Enumerable.Repeat((int)TokenType.Normal, 256), 3, 3, 3, 3])
            .With("general.name", name);

        Vocabulary vocabulary = Create(metadata).Vocabulary;

        Assert.Equal(expected, vocabulary.AttributesOf(vocabulary.Find(token)));
    }

    [Fact]
    public void Gemma_4_begins_with_bos_whatever_the_file_says_with_a_warning()
    {
        TestMetadata metadata = TinyVocabulary.Metadata("gemma4").With("tokenizer.ggml.bos_token_id", 7).With("tokenizer.ggml.add_bos_token", false);

        Assert.True(Create(metadata).Vocabulary.Special is { AddBos: true, Bos: 7 });
        VerifyWarnings(Times.Once());
        Assert.False(Create(TinyVocabulary.Metadata("qwen2").With("tokenizer.ggml.bos_token_id", 7)).Vocabulary.Special.AddBos);
    }

    [Fact]
    public void A_file_of_the_tokenizer_gemma4_needs_no_pre_tokenizer_no_merges_and_no_roles()
    {
        TestMetadata metadata = new TestMetadata()
            .With("tokenizer.ggml.tokens", ["a", "\u2581", "<bos>", "<0x62>", "c"])
            .With("tokenizer.ggml.pre", "unheard-of")
            .With("tokenizer.ggml.bos_token_id", 2);

        ITokenizer tokenizer = new Gemma4TokenizerFactory(null).Create(metadata, new TokenizerOptions());

        Assert.Equal([0, 1, 3, 4], tokenizer.Encode("a bc"));
        Assert.Equal(new SpecialTokens { Bos = 2, AddBos = true, CleanSpaces = true }, tokenizer.Vocabulary.Special);
        Assert.Throws<TesseraException>(() => new Gemma4TokenizerFactory(null).Create(metadata, new TokenizerOptions("unheard-of")));
    }

    [Fact]
    public void Tokens_and_merges_are_bytes()
    {
        byte[] latin = [0xE9];
        TestMetadata metadata = new TestMetadata()
            .With("tokenizer.ggml.pre", "gemma4")
            .With("tokenizer.ggml.tokens", [latin, "a"u8.ToArray(), [0x61, 0xE9], "b"u8.ToArray(), "ab"u8.ToArray()])
            .With("tokenizer.ggml.merges", [[0x61, 0x20, 0xE9], [0xFF], [0xFF, 0x20], "a b"u8.ToArray()]);

        ITokenizer tokenizer = Create(metadata);

        Assert.Equal([4], tokenizer.Encode("ab"));
        Assert.Equal((0, 2), (tokenizer.Vocabulary.Find(latin), tokenizer.Vocabulary.Find([0x61, 0xE9])));
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        tokenizer.Decode(2, bytes);
        Assert.Equal([0x61, 0xE9], bytes.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_byte_level_token_of_bytes_that_are_no_utf_8_is_noted_byte_by_byte_in_decoded_text()
    {
        TestMetadata metadata = new TestMetadata()
            .With("tokenizer.ggml.pre", "gpt-2")
            .With("tokenizer.ggml.tokens", [[0x61, 0xE9, 0xB8]])
            .With("tokenizer.ggml.merges", (byte[][])[]);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();

        Create(metadata).Decode(0, bytes);

        Assert.Equal((byte[])[.. "a[UNK_BYTE_0xefbfbda"u8, 0xE9, 0xB8, .. "][UNK_BYTE_0xefbfbda"u8, 0xE9, 0xB8, .. "]"u8], bytes.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_note_about_a_long_token_does_not_grow_with_its_square()
    {
        TestMetadata metadata = new TestMetadata().With("tokenizer.ggml.pre", "gpt-2")
            .With("tokenizer.ggml.tokens", [new string('中', 100_000)]).With("tokenizer.ggml.merges", (string[])[]);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();

        Create(metadata).Decode(0, bytes);

        Assert.Equal(100_000 * "[UNK_BYTE_0xe4b8ad]".Length, bytes.WrittenCount);
    }

    private ITokenizer Create(IGgufMetadata metadata, TokenizerOptions? options = null) =>
        new BpeTokenizerFactory(Mock.Of<IPluginContext>(c => c.Logger == _logger.Object)).Create(metadata, options ?? new TokenizerOptions());

    private void VerifyWarnings(Times times) => _logger.Verify(
        l => l.Log(LogLevel.Warning, It.IsAny<EventId>(), It.IsAny<It.IsAnyType>(), It.IsAny<Exception?>(), It.IsAny<Func<It.IsAnyType, Exception?, string>>()),
        times);
}
