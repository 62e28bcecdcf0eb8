using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Host.Tests.Tokenization;

public class VocabularyTests
{
    [Fact]
    public void Tokens_are_found_by_their_text()
    {
        Vocabulary vocabulary = Read(["a", "世界", "a longer token text"]);

        Assert.Equal(1, vocabulary.Find("世界"));
        Assert.Equal(2, vocabulary.Find("a longer token text"u8));
        Assert.Equal(-1, vocabulary.Find("b"));
        Assert.Equal(-1, vocabulary.Find(""));
    }

    [Fact]
    public void An_empty_text_gets_a_name_of_its_own() =>
        Assert.Equal("[EMPTY_1]", Read(["a", ""]).StringOf(1));

    [Fact]
    public void What_ends_generation_is_known_by_role_and_by_name()
    {
        Vocabulary vocabulary = Read(
            ["a", "<end>", "</s>", "<|im_end|>", "<|eom_id|>", "<|fim_pad|>", "<|file_sep|>", "<|im_start|>"], new SpecialTokens { Eos = 1 });

        Assert.Equal([1, 2, 3, 4, 5, 6], vocabulary.EndOfGeneration.Order());
        Assert.Equal((3, 4, 5), (vocabulary.Special.EndOfTurn, vocabulary.Special.EndOfMessage, vocabulary.Special.FimPadding));
    }

    [Fact]
    public void A_role_that_the_file_states_goes_before_the_name()
    {
        var file = new GgufWriter();
        file.Set("tokenizer.ggml.eot_token_id", 0u);

        Vocabulary vocabulary = Read(["<my_turn>", "<|eot_id|>"], file: file);

        Assert.Equal(0, vocabulary.Special.EndOfTurn);
        Assert.Equal([0, 1], vocabulary.EndOfGeneration.Order());
    }

    [Fact]
    public void Tokens_known_by_name_are_control_tokens_whatever_the_file_says()
    {
        Vocabulary vocabulary = Read(["a", "<|im_end|>", "<fim_prefix>", "<|file_sep|>"]);

        Assert.Equal([TokenType.Normal, TokenType.Control, TokenType.Control, TokenType.Control], Enumerable.Range(0, 4).Select(vocabulary.TypeOf));
    }

    [Fact]
    public void In_the_vocabulary_of_gpt_oss_the_end_of_a_message_part_ends_nothing()
    {
        Vocabulary vocabulary = Read(["<|end|>", "<|return|>", "<|call|>", "<|channel|>"]);

        Assert.Equal([1, 2], vocabulary.EndOfGeneration.Order());
        Assert.Equal(TokenType.UserDefined, vocabulary.TypeOf(0));
        Assert.Equal(TokenType.UserDefined, vocabulary.TypeOf(3));
        Assert.Contains(0, Read(["<|end|>", "<|return|>"]).EndOfGeneration);
    }

    [Fact]
    public void In_the_vocabulary_of_gemma_4_an_inherited_end_of_sequence_is_plain_text()
    {
        Vocabulary vocabulary = Read(["</s>", "<|tool_response>"]);

        Assert.Equal([1], vocabulary.EndOfGeneration);
        Assert.Equal(TokenType.Normal, vocabulary.TypeOf(0));
    }

    [Fact]
    public void Scores_may_be_integers()
    {
        var file = new GgufWriter();
        file.SetArray("tokenizer.ggml.scores", (int[])[0, -7]);

        Assert.Equal(-7f, Read(["a", "b"], file: file).ScoreOf(1));
    }

    [Fact]
    public void Scores_and_types_beyond_the_tokens_are_nobodys()
    {
        var file = new GgufWriter();
        file.SetArray("tokenizer.ggml.scores", (float[])[1, 2, 3]);
        file.SetArray("tokenizer.ggml.token_type", (int[])[3, 4, 9, 9]);

        Vocabulary vocabulary = Read(["a", "b"], file: file);

        Assert.Equal((2, 2f, TokenType.UserDefined), (vocabulary.Count, vocabulary.ScoreOf(1), vocabulary.TypeOf(1)));
    }

    [Theory]
    [InlineData("tokenizer.ggml.scores", "1 elements for 2 tokens")]
    [InlineData("tokenizer.ggml.token_type", "1 elements for 2 tokens")]
    public void Fewer_scores_or_types_than_tokens_are_an_error(string key, string problem)
    {
        var file = new GgufWriter();
        file.SetArray(key, (int[])[1]);

        GgufException error = Assert.Throws<GgufException>(() => Read(["a", "b"], file: file));

        Assert.Contains($"test.gguf: key '{key}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_that_does_not_exist_is_none()
    {
        var file = new GgufWriter();
        file.SetArray("tokenizer.ggml.token_type", (long[])[1, 7, -1, (1L << 32) + 3, long.MinValue]);

        Vocabulary vocabulary = Read(["a", "b", "c", "d", "e"], file: file);

        Assert.Equal([TokenType.Normal, .. Enumerable.Repeat(TokenType.Undefined, 4)], Enumerable.Range(0, 5).Select(vocabulary.TypeOf));
    }

    [Fact]
    public void No_tokens_are_an_error() =>
        Assert.Contains("key 'tokenizer.ggml.tokens'", Assert.Throws<GgufException>(() => Read([])).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_equal_texts_the_last_is_found() => Assert.Equal(2, Read(["a", "b", "a"]).Find("a"));

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(1L << 32)]
    [InlineData(long.MaxValue)]
    public void A_role_that_is_no_token_is_none(long id)
    {
        string[] roles = ["bos", "eos", "unknown", "seperator", "padding", "eot", "eom", "fim_pre",
            "prefix", "fim_suf", "suffix", "fim_mid", "middle", "fim_pad", "fim_rep", "fim_sep"];
        var file = new GgufWriter();
        foreach (string role in roles)
        {
            file.Set($"tokenizer.ggml.{role}_token_id", id);
        }

        Assert.Equal(new SpecialTokens { Bos = 1 }, Read(["a", "b"], new SpecialTokens { Bos = 1, Eos = 5 }, file).Special);
    }

    [Fact]
    public void Roles_types_and_attributes_can_be_others_for_the_same_tokens()
    {
        Vocabulary vocabulary = Read(["a", "<|im_end|>"]);

        Assert.True(vocabulary.WithSpecial(vocabulary.Special with { Bos = 0, AddBos = true }).Special is { Bos: 0, AddBos: true, EndOfTurn: 1 });
        Assert.Equal(TokenType.Normal, vocabulary.WithTypes([TokenType.Normal, TokenType.Normal]).TypeOf(1));
        Assert.Equal(TokenAttributes.StripLeft, vocabulary.WithAttributes([TokenAttributes.StripLeft, TokenAttributes.None]).AttributesOf(0));
        Assert.Equal((-1, TokenType.Control, TokenAttributes.None), (vocabulary.Special.Bos, vocabulary.TypeOf(1), vocabulary.AttributesOf(0)));
        Assert.ThrowsAny<ArgumentException>(() => vocabulary.WithTypes([TokenType.Normal]));
        Assert.ThrowsAny<ArgumentException>(() => vocabulary.WithAttributes([]));
    }

    [Fact]
    public void Counts_that_differ_are_an_error() =>
        Assert.Throws<ArgumentException>(() => new Vocabulary([default], [TokenType.Normal], [0], new SpecialTokens(), new TokenAttributes[2]));

    private static Vocabulary Read(string[] texts, SpecialTokens? defaults = null, GgufWriter? file = null)
    {
        file ??= new GgufWriter();
        file.SetArray("tokenizer.ggml.tokens", texts);
        using GgufFile read = GgufFile.Read(file.ToArray(), "test.gguf");
        return Vocabulary.Read(read.Metadata, defaults ?? new SpecialTokens());
    }
}
