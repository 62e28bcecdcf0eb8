using Tessera.Architectures;
using Tessera.Conformance.Architectures;
using Tessera.Quantization;
using Tessera.Runtime;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Whatever a family's equations say, an operator whose arguments do not fit is an error before it touches memory.</summary>
public sealed unsafe class OperatorArgumentTests : IDisposable
{
    private const int Width = 16;
    private const int Tokens = 3;

    private static readonly ModelShape s_shape = new() { Vocabulary = 8, ContextLength = 64, Layers = 2, KvHeads = 2, KeyLength = 4, ValueLength = 6 };
    private static readonly RotaryEmbedding s_rotary = new([1f, 0.1f], RotaryPairing.Halves);

    private readonly TestTensor _weights = TestTensor.Random(64, 64);
    private readonly WorkerPool _pool = new(threads: 2);
    private readonly KvCache _cache = new(s_shape, 64, KvCacheType.F32);
    private readonly ForwardPass _pass;

    public OperatorArgumentTests() => _pass = new ForwardPass(_pool, _cache, machineCode: null);

    public void Dispose()
    {
        _pass.Dispose();
        _cache.Dispose();
        _pool.Dispose();
        _weights.Dispose();
    }

    [Fact]
    public void Equations_that_fit_compute()
    {
        Tensor logits = Run(Good);

        Assert.Equal((1, 8), (logits.Rows, logits.Columns));
        Assert.True(float.IsFinite(logits.Row(0)[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => logits.Row(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => logits.Row(-1));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(-4, 2)]
    [InlineData(3, 1)]
    [InlineData(5, 2)]
    [InlineData(4, 3)]
    [InlineData(int.MaxValue, 2)]
    [InlineData(16, int.MaxValue / 2048)]
    public void Heads_that_are_turned_divide_the_input_and_hold_all_pairs(int headLength, int pairs) =>
        Refuses("Rotate: ", (pass, x) => pass.Rotate(x, headLength, new RotaryEmbedding(new float[pairs], RotaryPairing.Adjacent)));

    [Fact]
    public void Only_all_tokens_are_turned() => Refuses("Rotate: ", (pass, x) => pass.Rotate(pass.Outputs(x), 4, s_rotary));

    [Theory]
    [InlineData(0)]
    [InlineData(Width - 1)]
    [InlineData(Width + 1)]
    public void A_norm_has_a_weight_for_each_value(int weights) => Refuses("RmsNorm: ", (pass, x) => pass.RmsNorm(x, new float[weights], 1e-5f));

    [Theory]
    [InlineData(Width - 1)]
    [InlineData(Width + 1)]
    public void A_matrix_has_a_column_for_each_value(int columns)
    {
        Refuses("MatMul: ", (pass, x) => pass.MatMul(x, Matrix(8, columns)));
        Refuses("MatMul: ", (pass, x) => pass.MatMul(x, Matrix(8, Width), Matrix(8, columns)));
        Refuses("MatMul: ", (pass, x) => pass.MatMul(x, Matrix(8, Width), Matrix(8, Width), Matrix(8, columns)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(9)]
    public void A_bias_has_a_value_for_each_row(int bias) => Refuses("MatMul: ", (pass, x) => pass.MatMul(x, Matrix(8, Width) with { Bias = new float[bias] }));

    [Fact]
    public void What_is_added_or_gated_has_one_shape()
    {
        Refuses("Add: ", (pass, x) => pass.Add(x, pass.MatMul(x, Matrix(Width + 1, Width))));
        Refuses("Add: ", (pass, x) => pass.Add(x, pass.Outputs(x)));
        Refuses("SwiGlu: ", (pass, x) => pass.SwiGlu(pass.MatMul(x, Matrix(9, Width)), pass.MatMul(x, Matrix(8, Width))));
        Refuses("SwiGlu: ", (pass, x) => pass.SwiGlu(pass.Outputs(x), x));
    }

    [Theory]
    [InlineData(16, 8, 11)]
    [InlineData(16, 8, 13)]
    [InlineData(16, 7, 12)]
    [InlineData(16, 9, 12)]
    [InlineData(15, 8, 12)]
    [InlineData(12, 8, 12)]
    [InlineData(3, 8, 12)]
    public void Queries_keys_and_values_are_as_long_as_the_cache_of_the_layer(int queries, int keys, int values) => Refuses("Attention in layer 1: ", (pass, x) =>
    {
        pass.BeginLayer(1);
        pass.Attention(pass.MatMul(x, Matrix(queries, Width)), pass.MatMul(x, Matrix(keys, Width)), pass.MatMul(x, Matrix(values, Width)), 1);
    });

    [Fact]
    public void Queries_keys_and_values_are_those_of_all_tokens()
    {
        Refuses("Attention in layer 0: ", (pass, x) => Attend(pass, x, q => pass.Outputs(q), k => k, v => v));
        Refuses("Attention in layer 0: ", (pass, x) => Attend(pass, x, q => q, k => pass.Outputs(k), v => v));
        Refuses("Attention in layer 0: ", (pass, x) => Attend(pass, x, q => q, k => k, v => pass.Outputs(v)));
    }

    [Fact]
    public void A_layer_that_attends_has_a_cache()
    {
        Refuses("Attention in layer 2: the KV cache has 2 layers", (pass, x) => Attend(pass, x, q => q, k => k, v => v, layer: 2));
        Refuses("Attention in layer 2147483647: ", (pass, x) => Attend(pass, x, q => q, k => k, v => v, layer: int.MaxValue));
        Refuses("BeginLayer: there is no layer -1", (pass, _) => pass.BeginLayer(-1));
        Refuses("Attention: ", (pass, x) =>
        {
            pass.BeginLayer(1);
            pass.EndLayers();
            pass.Attention(pass.MatMul(x, Matrix(16, Width)), pass.MatMul(x, Matrix(8, Width)), pass.MatMul(x, Matrix(12, Width)), 1);
        });
    }

    [Fact]
    public void A_token_has_a_row_in_the_table()
    {
        var error = Assert.Throws<UnfitEquationsException>(() => Run(pass => pass.Embed(Table(2, Width))));

        Assert.Contains("Embed: the table 'table' has 2 rows, and none for the token 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tables_rows_are_whole_blocks() =>
        Assert.Throws<TesseraException>(() => Run(pass => pass.Embed(new Embedding(new PlainFloats(), Source(8, Width) with { RowBytes = 63 }))));

    [Fact]
    public void Outputs_are_chosen_once() => Refuses("Outputs: ", (pass, x) =>
    {
        pass.Outputs(pass.Outputs(x));
        pass.Outputs(new Tensor(x.Data, 2, Width));
    });

    [Fact]
    public void A_tensor_of_a_layer_that_has_ended_is_gone()
    {
        Refuses("Add in layer 1: a tensor [3, 16] that is not of this pass, or of a layer that has ended", (pass, x) =>
        {
            pass.BeginLayer(0);
            Tensor ended = pass.MatMul(x, Matrix(Width, Width));
            pass.BeginLayer(1);
            pass.MatMul(x, Matrix(Width, Width));
            pass.Add(x, ended);
        });
    }

    [Fact]
    public void A_tensor_of_another_run_or_pass_is_gone()
    {
        Tensor kept = Run(Good);
        Refuses("RmsNorm: ", (pass, _) => pass.RmsNorm(kept, new float[8], 1e-5f));

        using var other = new ForwardPass(_pool, _cache, machineCode: null);
        Tensor others = other.Run(new Equations(Good), [0, 1, 2], 0, 1);
        Refuses("Forward: ", _ => others);
    }

    [Fact]
    public void A_tensor_that_the_model_made_itself_is_part_of_the_passes_memory()
    {
        Assert.Equal(8, Run(pass => new Tensor(Good(pass).Data, 1, 8)).Columns);
        Refuses("RmsNorm: ", (pass, _) => pass.RmsNorm(_weights.Tensor, new float[64], 1e-5f));
        Refuses("RmsNorm: ", (pass, x) => pass.RmsNorm(new Tensor(x.Data, 1 << 20, Width), new float[Width], 1e-5f));
        Refuses("RmsNorm: ", (pass, x) => pass.RmsNorm(new Tensor(x.Data, int.MaxValue, int.MaxValue), new float[Width], 1e-5f));
        Refuses("RmsNorm: ", (pass, x) => pass.RmsNorm(new Tensor(x.Data, -1, Width), new float[Width], 1e-5f));
        Refuses("RmsNorm: ", (pass, _) => pass.RmsNorm(default, [], 1e-5f));
    }

    [Fact]
    public void Logits_are_those_that_were_asked_for()
    {
        Refuses("Forward: the logits are [3, 8], and [1, 8] are wanted", pass => pass.MatMul(pass.Embed(Table(8, Width)), Matrix(8, Width)));
        Refuses("Forward: the logits are [1, 7], and [1, 8] are wanted", pass => pass.MatMul(pass.Outputs(pass.Embed(Table(8, Width))), Matrix(7, Width)));
        Refuses("Forward: ", _ => default);
    }

    [Fact]
    public void Tokens_fit_the_cache()
    {
        var model = new Equations(Good);

        Assert.Throws<ArgumentOutOfRangeException>(() => _pass.Run(model, [0, 1, 2], 62, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _pass.Run(model, [0], -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _pass.Run(model, [0], 0, 2));
    }

    [Fact]
    public void No_more_heads_share_a_KV_head_than_a_thread_has_memory_for()
    {
        var shape = new ModelShape { Vocabulary = 8, ContextLength = 64, Layers = 1, KvHeads = 1, KeyLength = 1, ValueLength = 1 };
        using var pass = new ShapePass(shape);
        WeightSource wide = Source(ShapePass.MaxSharingHeads + 1, 1);

        var error = Assert.Throws<UnfitEquationsException>(() => pass.Run(
            new Equations(p =>
            {
                Tensor x = p.Embed(Table(8, 1));
                p.BeginLayer(0);
                return p.Attention(p.MatMul(x, new Linear("q", new DequantizedMatrix(new PlainFloats(), wide), null)), x, x, 1);
            }),
            tokens: 1,
            outputs: 1));

        Assert.Contains("1025 heads share a KV head, 1024 may", error.Message, StringComparison.Ordinal);
    }

    private Tensor Good(IForwardPass pass)
    {
        Tensor x = pass.Embed(Table(8, Width));
        Tensor heads = Attend(pass, x, q => q, k => k, v => v);
        x = pass.Add(x, pass.MatMul(heads, Matrix(Width, 24)));
        pass.EndLayers();
        return pass.MatMul(pass.RmsNorm(pass.Outputs(x), new float[Width], 1e-5f), Matrix(8, Width));
    }

    private Tensor Attend(IForwardPass pass, Tensor x, Func<Tensor, Tensor> ofQueries, Func<Tensor, Tensor> ofKeys, Func<Tensor, Tensor> ofValues, int layer = 0)
    {
        pass.BeginLayer(layer);
        (Tensor q, Tensor k, Tensor v) = pass.MatMul(x, Matrix(16, Width), Matrix(8, Width), Matrix(12, Width));
        pass.Rotate(q, 4, s_rotary);
        return pass.Attention(ofQueries(q), ofKeys(k), ofValues(v), 0.5f);
    }

    private Tensor Run(Func<IForwardPass, Tensor> equations) => _pass.Run(new Equations(equations), [0, 1, 2], position: 0, outputs: 1);

    private void Refuses(string problem, Func<IForwardPass, Tensor> equations)
    {
        var error = Assert.Throws<UnfitEquationsException>(() => Run(equations));

        Assert.StartsWith($"The model's equations do not fit: {problem}", error.Message, StringComparison.Ordinal);
    }

    private void Refuses(string problem, Action<IForwardPass, Tensor> equations) => Refuses(problem, pass =>
    {
        equations(pass, pass.Embed(Table(8, Width)));
        return default;
    });

    private Embedding Table(int rows, int columns) => new(new PlainFloats(), Source(rows, columns) with { Name = "table" });

    private Linear Matrix(int outputs, int inputs) => new("matrix", new DequantizedMatrix(new PlainFloats(), Source(outputs, inputs)), null);

    private WeightSource Source(int rows, int columns) => new()
    {
        Name = "matrix",
        Rows = rows,
        Columns = columns,
        Data = (byte*)_weights.Tensor.Data,
        RowBytes = columns * sizeof(float),
    };

    private sealed class Equations(Func<IForwardPass, Tensor> forward) : IModel
    {
        public ModelShape Shape => s_shape;

        public Tensor Forward(IForwardPass pass) => forward(pass);
    }
}
