using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Workbench.Quantizing;

namespace Tessera.Host.Tests.Workbench.Quantizing;

public sealed class QuantizationPlanTests : IDisposable
{
    private readonly QuantizerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(64, "Bytes32", null)]
    [InlineData(68, "Bytes4", "Bytes32")]
    [InlineData(66, "F16", "Bytes32")]
    public void Rows_that_do_not_divide_get_what_the_format_recommends_in_the_end_F16(long columns, string type, string? insteadOf)
    {
        TensorConversion tensor = Plan(new QuantizationOptions { Type = "Bytes32" }, ("blk.0.ffn_up.weight", columns)).Tensors[0];

        Assert.Equal((type, insteadOf), (tensor.TargetType, tensor.InsteadOf));
    }

    [Fact]
    public void The_first_pattern_that_matches_the_whole_name_goes_before_the_mix()
    {
        QuantizationPlan plan = Plan(
            new QuantizationOptions { Type = "Bytes32", TensorTypes = [new("blk.?.attn_v.weight", "223"), new("*.attn_*.weight", "bytes4")] },
            ("blk.0.attn_q.weight", 64), ("blk.0.attn_v.weight", 64), ("blk.0.ffn_up.weight", 64), ("blk.10.attn_v.weight", 64));

        Assert.Equal(["Bytes4", "Importance", "Bytes32", "Bytes4"], plan.Tensors.Select(t => t.TargetType));
    }

    [Fact]
    public void A_pattern_that_matches_no_matrix_is_an_error()
    {
        var error = Assert.Throws<TesseraException>(() =>
            Plan(new QuantizationOptions { Type = "Bytes32", TensorTypes = [new("attn_v", "Bytes4")] }, ("blk.0.attn_v.weight", 64)));

        Assert.Contains("'attn_v'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_and_embedding_types_go_before_patterns_and_a_kept_output_before_both()
    {
        var options = new QuantizationOptions
        {
            Type = "Bytes32",
            OutputType = "Bytes4",
            TokenEmbeddingType = "Importance",
            TensorTypes = [new("*", "Bytes32")],
        };
        (string, long)[] tensors = [("output.weight", 64), ("token_embd.weight", 64)];

        Assert.Equal(["Bytes4", "Importance"], Plan(options, tensors).Tensors.Select(t => t.TargetType));
        Assert.Equal(["F32", "Importance"], Plan(options with { KeepOutput = true }, tensors).Tensors.Select(t => t.TargetType));
    }

    [Fact]
    public void A_table_that_gives_the_logits_gets_the_type_of_the_output() =>
        Assert.Equal("Bytes4", Plan(new QuantizationOptions { Type = "Bytes32", OutputType = "Bytes4" }, ("token_embd.weight", 64)).Tensors[0].TargetType);

    [Fact]
    public void Pure_gives_all_matrices_the_main_type()
    {
        QuantizationPlan plan = Plan(new QuantizationOptions { Type = "F16", Pure = true }, ("output.weight", 64), ("blk.0.attn_v.weight", 64));

        Assert.Equal(["F16", "F16"], plan.Tensors.Select(t => t.TargetType));
    }

    [Fact]
    public void Sizes_are_those_of_the_files()
    {
        QuantizationPlan plan = Plan(new QuantizationOptions { Type = "Bytes32" }, ("blk.0.ffn_up.weight", 64), ("blk.0.ffn_down.weight", 68));

        Assert.Equal((2 * 132, 4 * 2 * 132, 2 * 132, 1), (plan.Elements, plan.SourceBytes, plan.TargetBytes, plan.Fallbacks));
    }

    [Fact]
    public void A_format_that_is_only_read_is_an_error_that_names_tensor_and_plugin()
    {
        var error = Assert.Throws<MissingPluginException>(() => Plan(new QuantizationOptions { Type = "ReadOnly" }, ("blk.0.ffn_up.weight", 64)));

        Assert.Contains("'blk.0.ffn_up.weight'", error.Message, StringComparison.Ordinal);
        Assert.Contains("TestPlugins.Quantizers", error.Message, StringComparison.Ordinal);
        Assert.Contains("Bytes32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_format_without_a_plugin_is_an_error_that_names_tensor_and_format()
    {
        var error = Assert.Throws<MissingPluginException>(() => Plan(new QuantizationOptions { Type = "iq1_m" }, ("blk.0.ffn_up.weight", 64)));

        Assert.Contains("'blk.0.ffn_up.weight': it is to become IQ1_M (type 29)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Q9_9")]
    [InlineData("")]
    [InlineData("77")]
    public void A_type_that_nobody_knows_is_an_error_that_lists_mixes_and_formats(string type)
    {
        var error = Assert.Throws<TesseraException>(() => Plan(new QuantizationOptions { Type = type }, ("blk.0.ffn_up.weight", 64)));

        Assert.Contains($"'{type}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Q4_K_M", error.Message, StringComparison.Ordinal);
        Assert.Contains("Bytes32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_quantized_already_are_quantized_again_only_where_that_is_allowed()
    {
        string path = _fixture.Save(ModelOf(("blk.0.ffn_up.weight", 64)));
        _fixture.Quantizer.Quantize(
            path, _fixture.File("quantized.gguf"), new QuantizationOptions { Type = "Bytes32" }, cancellationToken: TestContext.Current.CancellationToken);
        var options = new QuantizationOptions { Type = "Bytes4" };

        var error = Assert.Throws<GgufException>(() => _fixture.Quantizer.Plan(_fixture.File("quantized.gguf"), options));
        QuantizationPlan again = _fixture.Quantizer.Plan(_fixture.File("quantized.gguf"), options with { AllowRequantize = true });
        QuantizationPlan same = _fixture.Quantizer.Plan(_fixture.File("quantized.gguf"), options with { Type = "Bytes32" });

        Assert.Contains("Bytes32", error.Message, StringComparison.Ordinal);
        Assert.Equal(("Bytes32", "Bytes4"), (again.Tensors[0].SourceType, again.Tensors[0].TargetType));
        Assert.Equal("Bytes32", same.Tensors[0].TargetType);
    }

    private QuantizationPlan Plan(QuantizationOptions options, params (string Name, long Columns)[] tensors) =>
        _fixture.Quantizer.Plan(_fixture.Save(ModelOf(tensors)), options);

    private static GgufWriter ModelOf(params (string Name, long Columns)[] tensors)
    {
        var writer = new GgufWriter();
        foreach ((string name, long columns) in tensors)
        {
            QuantizerFixture.AddWeights(writer, name, columns, 2);
        }

        return writer;
    }
}
