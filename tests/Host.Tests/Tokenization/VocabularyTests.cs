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
        Vocabulary vocabulary = Read(["a", "<end>", "</s>", "<|im_end|>", "<|eom_id|>", "<|fim_pad|>", "<|file_sep|>", "<|im_start|>"], new SpecialTokens { Eos = 1 });

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

    [Theory]
    [InlineData("Phi-3 Mini", "", "<|user|>", TokenAttributes.StripRight)]
    [InlineData("my phi3", "", "</s>", TokenAttributes.StripRight)]
    [InlineData("Phi-3 Mini", "", "<s>", TokenAttributes.None)]
    [InlineData("Phi-3 Mini", "", "a", TokenAttributes.None)]
    [InlineData("Llama", "", "<|user|>", TokenAttributes.None)]
    [InlineData("", "jina-v2-de", "<mask>", TokenAttributes.StripLeft)]
    [InlineData("Modern-BERT", "", "[MASK]", TokenAttributes.StripLeft)]
    public void Tokens_strip_white_space_as_the_model_s_name_implies(string name, string pre, string token, TokenAttributes expected)
    {
        var file = new GgufWriter();
        file.Set("general.name", name);
        file.Set("tokenizer.ggml.pre", pre);
        string[] texts = ["<s>", "</s>", "a", "<|user|>", "<mask>", "[MASK]"];
        file.SetArray("tokenizer.ggml.token_type", (int[])[3, 3, 1, 3, 3, 3]);

        Vocabulary vocabulary = Read(texts, file: file);

        Assert.Equal(expected, vocabulary.AttributesOf(vocabulary.Find(token)));
    }

    [Fact]
    public void Counts_that_differ_are_an_error()
    {
        var file = new GgufWriter();
        file.SetArray("tokenizer.ggml.scores", (float[])[1, 2, 3]);

        Assert.Contains("scores", Assert.Throws<GgufException>(() => Read(["a"], file: file)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Vocabulary([default], [TokenType.Normal], [0], new SpecialTokens(), new TokenAttributes[2]));
    }

    private static Vocabulary Read(string[] texts, SpecialTokens? defaults = null, GgufWriter? file = null)
    {
        file ??= new GgufWriter();
        file.SetArray("tokenizer.ggml.tokens", texts);
        using GgufFile read = GgufFile.Read(file.ToArray(), "test.gguf");
        return Vocabulary.Read(read.Metadata, defaults ?? new SpecialTokens());
    }
}
