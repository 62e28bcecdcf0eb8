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
        TestMetadata metadata = new TestMetadata().With("tokenizer.ggml.pre", "gpt-2").With("tokenizer.ggml.tokens", ["a", "b"]).With("tokenizer.ggml.merges", ["a b"]);

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

    private ITokenizer Create(IGgufMetadata metadata, TokenizerOptions? options = null) =>
        new BpeTokenizerFactory(Mock.Of<IPluginContext>(c => c.Logger == _logger.Object)).Create(metadata, options ?? new TokenizerOptions());

    private void VerifyWarnings(Times times) => _logger.Verify(
        l => l.Log(LogLevel.Warning, It.IsAny<EventId>(), It.IsAny<It.IsAnyType>(), It.IsAny<Exception?>(), It.IsAny<Func<It.IsAnyType, Exception?, string>>()),
        times);
}
