using Tessera.Architecture.Llama.Tests;
using Tessera.Gguf;
using Tessera.Host.Tests.Loading;
using Tessera.Workbench.Verification;

namespace Tessera.Host.Tests.Workbench.Verification;

public class ModelVerifierTests(TinyEngine engine)
{
    private const string Query = "blk.1.attn_q.weight";

    private static TinyLlama Model => new TinyLlama { MatrixType = GgmlType.Q8_0 }.WithVocabulary();

    [Fact]
    public void A_model_without_a_fault_is_sound()
    {
        ModelVerification verification = Verify(Model);

        Assert.Equal(["structure", "shapes", "weights", "vocabulary", "plugins"], verification.Checks.Select(check => check.Name));
        Assert.Equal(0, verification.Faults);
        Assert.False(verification.FileFailed || verification.LacksPlugin);
    }

    [Fact]
    public void A_value_that_is_no_number_is_found_with_its_place()
    {
        TinyLlama model = Model;
        float[] norm = model.Tensors["blk.1.attn_norm.weight"].Values;
        norm[5] = float.NaN;
        norm[7] = float.NegativeInfinity;

        string fault = Assert.Single(Faults(Verify(model), "weights"));

        Assert.Contains("'blk.1.attn_norm.weight': 2 values are no finite number, the first in row 0, column 5", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_with_a_damaged_scale_is_found_with_its_place()
    {
        TinyLlama model = Model;
        (_, float[] values) = model.Tensors[Query];
        foreach (ref float value in values.AsSpan((3 * 64) + 32, 32))
        {
            value *= 1 << 15;
        }

        string fault = Assert.Single(Faults(Verify(model), "weights"));

        Assert.Contains($"'{Query}': 1 block has a scale far beyond the others', the first, row 3, block 1 ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_a_hundred_times_the_usual_are_no_fault()
    {
        TinyLlama model = Model;
        (_, float[] values) = model.Tensors[Query];
        foreach (ref float value in values.AsSpan((3 * 64) + 32, 32))
        {
            value *= 100;
        }

        Assert.Equal(0, Verify(model).Faults);
    }

    [Fact]
    public void A_matrix_of_zeros_is_a_fault_and_a_row_of_zeros_a_remark()
    {
        TinyLlama model = Model;
        Array.Clear(model.Tensors[Query].Values);
        Array.Clear(model.Tensors["blk.0.ffn_up.weight"].Values, 64, 128);

        VerificationCheck weights = Assert.Single(Verify(model).Checks, check => check.Name == "weights");

        Assert.Equal(2, weights.Findings.Count);
        Assert.Contains(weights.Findings, finding => finding.IsFault && finding.Text.EndsWith($"'{Query}': all values are zero.", StringComparison.Ordinal));
        Assert.Contains(weights.Findings,
            finding => !finding.IsFault && finding.Text.Contains("'blk.0.ffn_up.weight': 2 rows are all zeros, the first is row 1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_shape_that_the_architecture_does_not_ask_for_is_a_fault()
    {
        TinyLlama model = Model;
        model.File.Set("llama.feed_forward_length", 32u);

        Assert.Contains("its shape is", Assert.Single(Faults(Verify(model), "shapes")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_nobody_uses_is_a_remark()
    {
        TinyLlama model = Model;
        model.Tensors["extra.weight"] = ([8], new float[8]);

        Finding finding = Assert.Single(Assert.Single(Verify(model).Checks, check => check.Name == "shapes").Findings);

        Assert.False(finding.IsFault);
        Assert.Contains("'extra.weight'", finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer.ggml.bos_token_id", "the token 99 does not exist, there are 32")]
    [InlineData("tokenizer.ggml.fim_pre_token_id", "the token 99 does not exist, there are 32")]
    public void A_role_that_no_token_has_is_a_fault(string key, string message)
    {
        TinyLlama model = Model;
        model.File.Set(key, 99u);

        Assert.Contains($"key '{key}': {message}", Assert.Single(Faults(Verify(model), "vocabulary")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_score_that_is_no_number_is_a_fault()
    {
        TinyLlama model = Model;
        model.File.SetArray("tokenizer.ggml.scores", [.. Enumerable.Range(0, 32).Select(id => id == 9 ? float.NaN : -id)]);

        Assert.Contains("the score of the token 9 is NaN", Assert.Single(Faults(Verify(model), "vocabulary")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b", null)]
    [InlineData("ab", "1 merge is no two parts with a space between, the first is number 0, 'ab'")]
    [InlineData("a ", "1 merge is no two parts with a space between, the first is number 0, 'a '")]
    [InlineData("a q", "1 merge joins or makes what is no token, the first is number 0, 'a q'")]
    [InlineData("a B", "1 merge joins or makes what is no token, the first is number 0, 'a B'")]
    public void Merges_join_tokens_to_tokens(string merge, string? expected)
    {
        TinyLlama model = Model;
        model.File.SetArray("tokenizer.ggml.merges", [merge]);

        string[] faults = Faults(Verify(model), "vocabulary");

        Assert.Equal(expected is null ? 0 : 1, faults.Length);
        Assert.All(faults, fault => Assert.Contains(expected!, fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Tokens_that_cannot_be_told_apart_are_a_remark()
    {
        TinyLlama model = Model;
        model.File.SetArray(
            "tokenizer.ggml.tokens", Enumerable.Range(0, 32).Select(id => id switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", 9 => "t8", _ => $"t{id}" }));

        VerificationCheck vocabulary = Assert.Single(Verify(model).Checks, check => check.Name == "vocabulary");

        Assert.Contains(vocabulary.Findings,
            finding => !finding.IsFault && finding.Text.Contains("1 token has the text of an earlier one; 9 and 8 are both 't8'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_plugin_is_no_fault_of_the_file()
    {
        TinyLlama model = Model;
        model.Formats["output.weight"] = (GgmlType)12345;

        ModelVerification verification = Verify(model);

        Assert.True(verification.LacksPlugin);
        Assert.False(verification.FileFailed);
        Assert.Contains("12345", Assert.Single(Faults(verification, "plugins")), StringComparison.Ordinal);
    }

    private ModelVerification Verify(TinyLlama model) => engine.Verifier.Verify(engine.Save(model), cancellationToken: TestContext.Current.CancellationToken);

    private static string[] Faults(ModelVerification verification, string check) =>
        [.. Assert.Single(verification.Checks, c => c.Name == check).Findings.Where(finding => finding.IsFault).Select(finding => finding.Text)];
}
