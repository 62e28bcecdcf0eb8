using Tessera.Architectures;
using Tessera.Conformance.Architectures;
using Tessera.Quantization;
using Tessera.Runtime;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Experts;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Operators;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Whatever a family's equations say, an operator whose arguments do not fit is an error before it touches memory.</summary>
public sealed unsafe class OperatorArgumentTests : IDisposable
{
    private const int Width = LayerEquations.Width;
    private const int Tokens = 3;

    private static readonly int[] FirstTokens = [0, 1, 2];

    private static readonly RotaryEmbedding Rotary = new([1f, 0.1f], RotaryPairing.Halves);
    private static readonly AttentionRule Rule = new(0.5f);

    private readonly TestTensor _weights = TestTensor.Random(64, 64);
    private readonly DeclaredStates _states = new();
    private readonly KeyValueState _cache;
    private readonly WorkerPool _pool = new(threads: 2);
    private readonly ForwardPass _pass;
    private readonly Sequence _sequence;

    public OperatorArgumentTests()
    {
        _cache = _states.AddCache(heads: 2, keyLength: 4, valueLength: 6, window: 0);
        _pass = new ForwardPass(_states, _pool, machineCode: null);
        _sequence = new StatePool(_states, KvCacheType.F32, long.MaxValue, () => new byte[32]).Create();
    }

    public void Dispose()
    {
        _sequence.Dispose();
        _pass.Dispose();
        _pool.Dispose();
        _weights.Dispose();
    }

    [Fact]
    public void Equations_that_fit_compute()
    {
        var model = Equations(Good, layers: 3);

        var logits = _pass.Run(model, [new BatchPart(_sequence, FirstTokens, 1)]);

        Assert.Equal((1, LayerEquations.Vocabulary), (logits.Rows, logits.Columns));
        Assert.All(logits.Row(0).ToArray(), value => Assert.True(float.IsFinite(value)));
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
        Refuses((pass, x) => pass.Rotate(x, headLength, new RotaryEmbedding(new float[pairs], RotaryPairing.Adjacent)));

    [Fact]
    public void Only_all_tokens_are_turned() => Refuses((pass, x) => pass.Rotate(pass.Wanted(x), 4, Rotary));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Width - 1, 0)]
    [InlineData(Width + 1, 0)]
    [InlineData(Width, 4)]
    [InlineData(3, 3)]
    [InlineData(-4, -4)]
    [InlineData(32, 32)]
    public void A_norm_has_a_weight_and_a_bias_for_each_value_of_a_group(int length, int group)
    {
        Refuses((pass, x) => pass.Norm(x, new Norm(Vector(length), 1e-5f), group));
        Refuses((pass, x) => pass.Norm(x, new Norm(null, 1e-5f, Vector(length)), group));
    }

    [Theory]
    [InlineData(Width - 1)]
    [InlineData(Width + 1)]
    public void A_matrix_has_a_column_for_each_value(int columns)
    {
        Refuses((pass, x) => pass.MatMul(x, Matrix(8, columns)));
        Refuses((pass, x) => pass.MatMul(x, Matrix(8, Width), Matrix(8, columns)));
        Refuses((pass, x) => pass.MatMul(x, Matrix(8, Width), Matrix(8, Width), Matrix(8, columns)));
    }

    [Fact]
    public void Matrices_and_results_are_as_many()
    {
        Refuses((pass, x) => pass.MatMul(x, [], []));
        Refuses((pass, x) => pass.MatMul(x, [Matrix(8, Width)], new Tensor[2]));
        Refuses((pass, x) => pass.MatMulExperts(x, Route(pass, x), [], []));
        Refuses((pass, x) => pass.MatMulExperts(x, Route(pass, x), [Stack(4, 8, Width), Stack(4, 8, Width)], new Tensor[1]));
    }

    [Fact]
    public void What_is_computed_with_value_by_value_has_one_shape()
    {
        Refuses((pass, x) => pass.Add(x, pass.MatMul(x, Matrix(Width + 1, Width))));
        Refuses((pass, x) => pass.Add(x, pass.Wanted(x)));
        Refuses((pass, x) => pass.Gate(Activation.Silu, pass.MatMul(x, Matrix(9, Width)), pass.MatMul(x, Matrix(8, Width))));
        Refuses((pass, x) => pass.Gate(Activation.Silu, pass.Wanted(x), x));
        Refuses((pass, x) => pass.Multiply(x, pass.MatMul(x, Matrix(3, Width))));
        Refuses((pass, x) => pass.Multiply(x, pass.MatMul(x, Matrix(2 * Width, Width))));
        Refuses((pass, x) => pass.Multiply(x, pass.Wanted(x)));
        Refuses((pass, x) => pass.Multiply(x, Vector(Width - 1)));
        Refuses((pass, x) => pass.Multiply(x, Vector(Width + 1)));
    }

    [Fact]
    public void What_is_clamped_has_somewhere_to_lie()
    {
        Refuses((pass, x) => pass.Clamp(x, 1, 0.5f));
        Refuses((pass, x) => pass.Clamp(x, float.NaN, 1));
    }

    [Theory]
    [InlineData(-1, 4)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(0, Width + 1)]
    [InlineData(13, 4)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(1, int.MaxValue)]
    public void Columns_are_there(int first, int count)
    {
        Refuses((pass, x) => pass.Columns(x, first, count));
        Refuses((pass, x) => pass.Columns(x, first, count, Width));
    }

    [Fact]
    public void Columns_are_whole_groups()
    {
        Refuses((pass, x) => pass.Columns(x, 0, 1, groupLength: 0));
        Refuses((pass, x) => pass.Columns(x, 0, 1, groupLength: -4));
        Refuses((pass, x) => pass.Columns(x, 0, 1, groupLength: 5));
        Refuses((pass, x) => pass.Columns(x, 2, 3, groupLength: 4));
        Refuses((pass, x) => pass.Join(x, x, groups: 0));
        Refuses((pass, x) => pass.Join(x, x, groups: -1));
        Refuses((pass, x) => pass.Join(x, pass.MatMul(x, Matrix(6, Width)), groups: 4));
        Refuses((pass, x) => pass.Join(x, pass.Wanted(x)));
    }

    [Theory]
    [InlineData(8, 11)]
    [InlineData(8, 13)]
    [InlineData(7, 12)]
    [InlineData(9, 12)]
    public void Keys_and_values_are_as_long_as_the_cache_says(int keys, int values) =>
        Refuses((pass, x) => pass.Remember(pass.MatMul(x, Matrix(keys, Width)), pass.MatMul(x, Matrix(values, Width)), _cache));

    [Theory]
    [InlineData(15)]
    [InlineData(12)]
    [InlineData(3)]
    [InlineData(4)]
    public void Queries_are_heads_that_share_those_of_the_cache(int queries) =>
        Refuses((pass, x) => pass.Attend(pass.MatMul(x, Matrix(queries, Width)), _cache, Rule));

    [Fact]
    public void Queries_keys_and_values_are_those_of_all_tokens()
    {
        Refuses((pass, x) => pass.Attend(pass.Wanted(x), _cache, Rule));
        Refuses((pass, x) => pass.Remember(pass.Wanted(pass.Columns(x, 0, 8)), pass.Columns(x, 0, 12), _cache));
        Refuses((pass, x) => pass.Remember(pass.Columns(x, 0, 8), pass.Wanted(pass.Columns(x, 0, 12)), _cache));
    }

    [Fact]
    public void The_options_of_attention_fit_its_heads_and_its_cache()
    {
        Refuses((pass, x) => pass.Attend(x, _cache, Rule with { Sinks = Vector(3) }));
        Refuses((pass, x) => pass.Attend(x, _cache, Rule with { Slopes = new float[5] }));
        Refuses((pass, x) => pass.Attend(x, _cache, Rule with { Window = -1 }));
        Refuses((pass, x) => pass.Attend(x, _cache, Rule with { Chunked = true }));
        KeyValueState narrow = _states.AddCache(heads: 2, keyLength: 4, valueLength: 6, window: 32);
        Refuses((pass, x) => pass.Attend(x, narrow, Rule));
        Refuses((pass, x) => pass.Attend(x, narrow, Rule with { Window = 33 }));
    }

    [Fact]
    public void A_cache_is_one_that_the_model_has_declared()
    {
        KeyValueState others = new DeclaredStates().AddCache(heads: 2, keyLength: 4, valueLength: 6, window: 0);

        Refuses((pass, x) => pass.Attend(x, others, Rule));
        Refuses((pass, x) => pass.Remember(pass.Columns(x, 0, 8), pass.Columns(x, 0, 12), others));
    }

    [Fact]
    public void No_more_heads_share_a_KV_head_than_a_thread_has_memory_for()
    {
        KeyValueState small = _states.AddCache(heads: 1, keyLength: 1, valueLength: 1, window: 0);

        Refuses((pass, x) => pass.Attend(pass.MatMul(x, Matrix(1025, Width)), small, Rule), "1025 heads share a KV head, 1024 may");
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(-1, 1, 1)]
    [InlineData(5, 1, 1)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 3, 1)]
    [InlineData(2, 2, 0)]
    [InlineData(2, 2, 3)]
    [InlineData(3, 2, 1)]
    public void Experts_and_groups_that_are_chosen_are_there(int chosen, int groups, int chosenGroups) =>
        Refuses((pass, x) => pass.Route(pass.Columns(x, 0, 4), new RoutingRule(chosen) { Groups = groups, ChosenGroups = chosenGroups }));

    [Fact]
    public void A_bias_of_experts_is_one_for_each() =>
        Refuses((pass, x) => pass.Route(pass.Columns(x, 0, 4), new RoutingRule(2) { SelectionBias = Vector(3) }));

    [Fact]
    public void What_goes_to_experts_is_what_was_routed()
    {
        Refuses((pass, x) => pass.MatMulExperts(x, Route(pass, x), Stack(3, 8, Width)));
        Refuses((pass, x) => pass.MatMulExperts(x, Route(pass, x), Stack(4, 8, Width - 1)));
        Refuses((pass, x) => pass.MatMulExperts(pass.Wanted(x), Route(pass, x), Stack(4, 8, Width)));
        Refuses((pass, x) => pass.MatMulExperts(pass.MatMulExperts(x, Route(pass, x), Stack(4, Width, Width)), Route(pass, x), Stack(4, 8, Width)));
        Refuses((pass, x) => pass.Combine(x, Route(pass, x)));
        Refuses((pass, x) => pass.Combine(pass.MatMulExperts(x, Route(pass, x), Stack(4, 8, Width)), Route(pass, x)));
        Refuses((pass, x) =>
        {
            Routing routing = Route(pass, x);
            pass.Rotate(pass.MatMulExperts(x, routing, Stack(4, 8, Width)), 4, Rotary);
        });
    }

    [Fact]
    public void A_token_has_a_row_in_the_table()
    {
        var model = new LayerEquations(Table(2, Width), Matrix(8, Width), Good);

        var error = Assert.Throws<ArgumentException>(() => _pass.Run(model, [new BatchPart(_sequence, FirstTokens, 1)]));

        Assert.Contains("the table 'table' has 2 rows, the row 2 was asked for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_position_has_a_row_in_the_table()
    {
        var model = Equations((pass, x) => pass.Wanted(pass.Add(x, pass.EmbedPositions(Table(2, Width)))));

        var error = Assert.Throws<ArgumentException>(() => _pass.Run(model, [new BatchPart(_sequence, FirstTokens, 1)]));

        Assert.Contains("the table 'table' has 2 rows, the row 2 was asked for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_a_layer_that_has_ended_is_gone()
    {
        Tensor kept = default;
        int layer = 0;

        Refuses(
            Equations(
                (pass, x) =>
                {
                    if (layer++ == 0)
                    {
                        kept = pass.MatMul(x, Matrix(Width, Width));
                        return x;
                    }

                    pass.MatMul(x, Matrix(Width, Width));
                    return pass.Add(x, kept);
                },
                layers: 2),
            "in layer 1: the second, [3, 16], is no tensor of this layer, or an operator has taken its values over");
    }

    [Fact]
    public void A_tensor_whose_values_were_taken_over_is_gone() => Refuses((pass, x) =>
    {
        pass.Scale(x, 2);
        pass.Norm(x, new Norm(null, 1e-5f));
    });

    [Fact]
    public void A_tensor_of_another_run_is_gone()
    {
        Tensor kept = default;
        using var pass = new ShapePass(_states);
        pass.Run(Equations((p, x) => p.Wanted(kept = p.Norm(x, new Norm(null, 1e-5f)))), Tokens, wanted: 1);

        Refuses((p, x) => p.Norm(kept, new Norm(null, 1e-5f)));
    }

    [Fact]
    public void A_tensor_that_the_model_made_itself_is_none()
    {
        Refuses((pass, _) => pass.Norm(default, new Norm(null, 1e-5f)));
        Refuses((pass, x) => pass.Norm(new Tensor(x.Slot, x.Stamp, 1 << 20, Width), new Norm(null, 1e-5f)));
        Refuses((pass, x) => pass.Norm(new Tensor(x.Slot, x.Stamp, x.Rows, 1 << 20), new Norm(null, 1e-5f)));
        Refuses((pass, x) => pass.Norm(new Tensor(-1, x.Stamp, x.Rows, x.Columns), new Norm(null, 1e-5f)));
        Refuses((pass, x) => pass.Norm(new Tensor(int.MaxValue, x.Stamp, x.Rows, x.Columns), new Norm(null, 1e-5f)));
    }

    [Fact]
    public void The_layers_and_the_logits_have_the_rows_that_were_asked_for()
    {
        Refuses(Equations((_, x) => x), "the last layer's result should be [1, 16], it is [3, 16]");
        Refuses(Equations((pass, x) => pass.Columns(x, 0, 8), layers: 2), "in layer 0: the layer's result should be [3, 16], it is [3, 8]");
        Refuses(Equations((pass, x) => default), "the last layer's result should be [1, 16], it is [0, 0]");
        Refuses(new LayerEquations(Table(8, Width), Matrix(7, Width), Good), "the logits should be [1, 8], it is [1, 7]");
        Refuses(new LayerEquations(Table(8, Width - 1), Matrix(8, Width), Good), "the embedding should be [3, 16], it is [3, 15]");
    }

    [Fact]
    public void The_parts_of_a_batch_are_tokens_of_different_sequences_of_one_pool()
    {
        LayerEquations model = Equations(Good);
        using Sequence foreign = new StatePool(_states, KvCacheType.F16, long.MaxValue, () => new byte[32]).Create();
        using Sequence disposed = _sequence.Fork();
        disposed.Dispose();

        Assert.ThrowsAny<ArgumentException>(() => _pass.Run(model, [new BatchPart(_sequence, default, 0)]));
        Assert.ThrowsAny<ArgumentException>(() => _pass.Run(model, [new BatchPart(_sequence, new int[2], 3)]));
        Assert.ThrowsAny<ArgumentException>(() => _pass.Run(model, [new BatchPart(_sequence, new int[2], -1)]));
        Assert.ThrowsAny<ArgumentException>(() => _pass.Run(model, [new BatchPart(_sequence, new int[2], 0), new BatchPart(_sequence, new int[2], 0)]));
        Assert.ThrowsAny<ArgumentException>(() => _pass.Run(model, [new BatchPart(_sequence, new int[2], 0), new BatchPart(foreign, new int[2], 0)]));
        Assert.Throws<ObjectDisposedException>(() => _pass.Run(model, [new BatchPart(disposed, new int[2], 0)]));
        Assert.Empty(_sequence.Tokens);
    }

    private Tensor Good(IForwardPass pass, Tensor x)
    {
        (Tensor q, Tensor k, Tensor v) = pass.MatMul(x, Matrix(16, Width), Matrix(8, Width), Matrix(12, Width));
        pass.Rotate(q, 4, Rotary);
        Tensor heads = pass.Attend(q, k, v, _cache, Rule);
        return pass.Wanted(pass.Add(x, pass.MatMul(heads, Matrix(Width, 24))));
    }

    private static Routing Route(IForwardPass pass, Tensor x) => pass.Route(pass.Columns(x, 0, 4), new RoutingRule(2));

    private LayerEquations Equations(Func<IForwardPass, Tensor, Tensor> layer, int layers = 1) => new(Table(8, Width), Matrix(8, Width), layer, layers);

    private void Refuses(IModel model, string problem = "")
    {
        using var pass = new ShapePass(_states);
        var error = Assert.Throws<UnfitEquationsException>(() => pass.Run(model, Tokens, wanted: 1));

        Assert.StartsWith("The model's equations do not fit", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private void Refuses(Action<IForwardPass, Tensor> layer, string problem = "") => Refuses(
        Equations((pass, x) =>
        {
            layer(pass, x);
            Assert.Fail("the arguments were taken");
            return x;
        }),
        problem);

    private static WeightVector Vector(int length) => new(new float[Math.Max(0, length)]) { Name = "vector", Length = length };

    private EmbeddingTable Table(int rows, int columns) => new(new PlainFloats(), Source(rows, columns)) { Name = "table", Rows = rows, Columns = columns };

    private MatrixLinear Matrix(int outputs, int inputs) => new(Bound(outputs, inputs)) { Name = "matrix", Inputs = inputs, Outputs = outputs };

    private MatrixStack Stack(int count, int outputs, int inputs) =>
        new([.. Enumerable.Range(0, count).Select(_ => Bound(outputs, inputs))], null, null)
        {
            Name = "stack",
            Count = count,
            Inputs = inputs,
            Outputs = outputs,
        };

    private BoundMatrix Bound(int outputs, int inputs) => new("matrix", new DequantizedMatrix(new PlainFloats(), Source(outputs, inputs)));

    private WeightSource Source(int rows, int columns) => new()
    {
        Name = "matrix",
        Rows = rows,
        Columns = columns,
        Data = (byte*)_weights.Tensor.Data,
        RowBytes = columns * sizeof(float),
    };
}
