using Tessera.Gguf;
using Tessera.Tokenization;
using static Tessera.Host.Tests.Gguf.GgufTestFiles;

namespace Tessera.Host.Tests.Gguf;

public class VocabularyReadTests
{
    private static readonly SpecialTokens s_defaults = new() { Bos = 1, Eos = 2, Unknown = 99 };

    [Fact]
    public void What_the_file_says_goes_before_the_defaults()
    {
        SpecialTokens special = Read(w =>
        {
            w.Set("tokenizer.ggml.bos_token_id", 0u);
            w.Set("tokenizer.ggml.eot_token_id", 3u);
            w.Set("tokenizer.ggml.add_bos_token", true);
        }).Special;

        Assert.Equal(s_defaults with { Bos = 0, EndOfTurn = 3, AddBos = true, Unknown = -1 }, special);
    }

    [Theory]
    [InlineData(4u)]
    [InlineData((uint)int.MaxValue)]
    [InlineData(0x80000000u)]
    [InlineData(uint.MaxValue)]
    public void An_id_beyond_the_vocabulary_leaves_the_default(uint id) =>
        Assert.Equal(1, Read(w => w.Set("tokenizer.ggml.bos_token_id", id)).Special.Bos);

    [Fact]
    public void An_id_of_minus_one_leaves_the_default() => Assert.Equal(2, Read(w => w.Set("tokenizer.ggml.eos_token_id", -1)).Special.Eos);

    [Fact]
    public void A_default_beyond_the_vocabulary_is_none() => Assert.Equal(-1, Read(_ => { }).Special.Unknown);

    [Fact]
    public void Types_and_scores_are_normal_and_zero_unless_the_file_says_them()
    {
        Vocabulary vocabulary = Read(w => w.SetArray<float>("tokenizer.ggml.scores", [0, -1, -2, -3]));

        Assert.Equal((4, "c", TokenType.Normal, -2f), (vocabulary.Count, vocabulary.StringOf(2), vocabulary.TypeOf(2), vocabulary.ScoreOf(2)));
    }

    [Theory]
    [InlineData("tokenizer.ggml.scores")]
    [InlineData("tokenizer.ggml.token_type")]
    public void Counts_that_differ_are_refused(string key)
    {
        GgufException e = Assert.Throws<GgufException>(() => Read(w =>
        {
            if (key.EndsWith("scores", StringComparison.Ordinal))
            {
                w.SetArray(key, new float[3]);
            }
            else
            {
                w.SetArray(key, new int[3]);
            }
        }));

        Assert.Equal($"key '{key}'", e.Place);
        Assert.Contains("3 elements for 4 tokens (at offset ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_tokens_is_refused() =>
        Assert.Equal("key 'tokenizer.ggml.tokens'", Assert.Throws<GgufException>(() => Read(w => w.Remove("tokenizer.ggml.tokens"))).Place);

    private static Vocabulary Read(Action<GgufWriter> change)
    {
        var writer = new GgufWriter();
        writer.SetArray("tokenizer.ggml.tokens", ["a", "b", "c", "d"]);
        change(writer);
        using GgufFile file = GgufFile.Read(writer.ToArray(), Name);
        return Vocabulary.Read(file.Metadata, s_defaults);
    }
}
