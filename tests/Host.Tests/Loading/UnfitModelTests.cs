using Microsoft.Extensions.DependencyInjection;
using Tessera.Architecture.Llama.Tests;
using Tessera.Architectures;
using Tessera.Catalog;
using Tessera.Conformance.Architectures;
using Tessera.Gguf;
using Tessera.Guards;
using Tessera.Loading;
using Tessera.Plugins;
using Tessera.Workbench.Verification;

namespace Tessera.Host.Tests.Loading;

/// <summary>A file whose numbers, tensors and equations do not fit each other is refused when it is loaded, whatever the family.</summary>
public class UnfitModelTests(TinyEngine engine)
{
    private static readonly ModelShape s_shape = new(Vocabulary: 32, Width: 64, Layers: 1, ContextLength: 64);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("llama.attention.value_length", 0x40000010u)]
    [InlineData("llama.attention.value_length", 0x80000010u)]
    [InlineData("llama.attention.key_length", 0x40000010u)]
    [InlineData("llama.attention.head_count_kv", 0x10000002u)]
    public async Task A_number_whose_products_overflow_is_refused_and_a_fault(string key, uint value)
    {
        TinyLlama model = new TinyLlama().WithVocabulary();
        model.File.Set(key, value);
        string path = engine.Save(model);

        var error = await Assert.ThrowsAsync<GgufException>(() => engine.Loader.LoadAsync(path, cancellationToken: Cancellation));
        ModelVerification verification = engine.Verifier.Verify(path, cancellationToken: Cancellation);

        Assert.Equal(path, error.File);
        Assert.Throws<GgufException>(() => engine.Explainer.Explain(path, cancellationToken: TestContext.Current.CancellationToken));
        Assert.True(verification.FileFailed);
        Assert.True(Assert.Single(verification.Checks, check => check.Name == "shapes").Failed);
    }

    [Fact]
    public void Equations_that_fit_are_taken() => Assert.NotNull(Build(s_shape, Attend));

    [Fact]
    public void A_shape_without_positive_lengths_is_refused()
    {
        ModelShape[] shapes = [s_shape with { Vocabulary = 0 }, s_shape with { Width = 0 }, s_shape with { ContextLength = -1 }, s_shape with { Layers = -1 }];
        Assert.All(shapes, shape => Refuses("its shape has a length that is not positive", shape, Attend));
    }

    [Fact]
    public void A_shape_that_is_not_the_equations_is_refused()
    {
        Refuses("the last layer's result should be [1, 64], it is [2, 64]", s_shape with { Layers = 0 }, Attend);
        Refuses("the embedding should be [2, 63], it is [2, 64]", s_shape with { Width = 63 }, Attend);
        Refuses("the logits should be [1, 33], it is [1, 32]", s_shape with { Vocabulary = 33 }, Attend);
    }

    [Fact]
    public void Equations_that_give_every_token_for_the_wanted_one_are_refused() =>
        Refuses("the last layer's result should be [1, 64], it is [2, 64]", s_shape, (_, _, x) => x);

    [Fact]
    public void A_cache_that_is_not_what_the_equations_remember_is_refused()
    {
        Refuses("in layer 0: the keys should be [2, 64], it is [2, 32]", s_shape, Attend, builder => builder.Cache(4, 16, 16));
        Refuses("in layer 0: the keys should be [2, 64], it is [2, 32]", s_shape, Attend, builder => builder.Cache(2, 32, 16));
        Refuses("in layer 0: the values should be [2, 1024], it is [2, 32]", s_shape, Attend, builder => builder.Cache(2, 16, 512));
    }

    [Theory]
    [InlineData(0, 16, 16, 0)]
    [InlineData(-1, 16, 16, 0)]
    [InlineData(2, 0, 16, 0)]
    [InlineData(2, 16, 0, 0)]
    [InlineData(2, 16, 16, -1)]
    public void A_cache_without_positive_lengths_is_the_plugins_failure(int heads, int keyLength, int valueLength, int window)
    {
        var error = Assert.Throws<TesseraException>(() => Build(s_shape, Attend, builder => builder.Cache(heads, keyLength, valueLength, window)));

        Assert.StartsWith("The plugin Tessera.Architecture.Llama ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_that_no_file_can_mean_is_refused() =>
        Assert.Equal("KV cache", Assert.Throws<GgufException>(() => Build(s_shape, Attend, builder => builder.Cache(2, 16, 1 << 30))).Place);

    [Fact]
    public void A_failure_of_the_plugin_itself_names_the_plugin_not_the_file()
    {
        var error = Assert.Throws<TesseraException>(() => Build(s_shape, (_, _, _) => throw new InvalidOperationException("no luck in the layer")));

        Assert.StartsWith("The plugin Tessera.Architecture.Llama ", error.Message, StringComparison.Ordinal);
        Assert.Contains("no luck in the layer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_matrix_that_is_larger_than_what_is_computed_with_is_refused()
    {
        var tiny = new TinyLlama();
        tiny.File.AddTensor("wide.weight", GgmlType.F32, [1 << 29, 1 << 29], new byte[4]);
        using GgufModelFile file = GgufModelFile.From(GgufFile.Read(tiny.ToArray(), "wide.gguf"));
        using ModelBuilder builder = Builder(file);

        var error = Assert.Throws<GgufException>(() => builder.Linear("wide", 1 << 29, 1 << 29, LinearScale.None));

        Assert.Equal("tensor 'wide.weight'", error.Place);
    }

    private static KeyValueState Cache(IModelBuilder builder) => builder.Cache(2, 16, 16);

    private static Tensor Attend(IForwardPass pass, OddModel model, Tensor x)
    {
        (Tensor q, Tensor k, Tensor v) = pass.MatMul(x, model.Query, model.Key, model.Value);
        return pass.Wanted(pass.Attend(q, k, v, model.Cache, new AttentionRule(1)));
    }

    private void Refuses(string problem, ModelShape shape, Func<IForwardPass, OddModel, Tensor, Tensor> layer, Func<IModelBuilder, KeyValueState>? cache = null)
    {
        var error = Assert.Throws<GgufException>(() => Build(shape, layer, cache));

        Assert.Equal(("tiny.gguf", "architecture odd"), (error.File, error.Place));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private IModel Build(ModelShape shape, Func<IForwardPass, OddModel, Tensor, Tensor> layer, Func<IModelBuilder, KeyValueState>? cache = null)
    {
        var tensors = new TestModel();
        tensors.AddMatrix("token_embd.weight", 64, 32);
        tensors.AddMatrix("blk.0.attn_q.weight", 64, 64);
        tensors.AddMatrix("blk.0.attn_k.weight", 64, 32);
        tensors.AddMatrix("blk.0.attn_v.weight", 64, 32);
        tensors.AddMatrix("output.weight", 64, 32);
        using GgufModelFile file = GgufModelFile.From(GgufFile.Read(tensors.ToArray(), "tiny.gguf"));
        using ModelBuilder builder = Builder(file);
        Assert.True(engine.Services.GetRequiredService<PluginCatalog>().TryGetArchitecture("llama", out PluginPart<IArchitecture>? llama));
        return builder.Build(new PluginPart<IArchitecture>(
            llama.Plugin,
            new PluginExport("architecture", "odd"),
            ["odd"],
            typeof(OddArchitecture),
            part => new GuardedArchitecture(part, new OddArchitecture(shape, layer, cache ?? Cache))));
    }

    private ModelBuilder Builder(GgufModelFile file)
    {
        var parts = new ModelParts(engine.Services.GetRequiredService<PluginCatalog>());
        return new ModelBuilder(file, parts.FindFormat, new ModelOptions(), progress: null, Cancellation);
    }

    private sealed class OddArchitecture(
        ModelShape shape, Func<IForwardPass, OddModel, Tensor, Tensor> layer, Func<IModelBuilder, KeyValueState> cache) : IArchitecture
    {
        public IModel Build(IModelBuilder builder) => new OddModel(shape, layer, builder, cache(builder));
    }

    private sealed class OddModel(ModelShape shape, Func<IForwardPass, OddModel, Tensor, Tensor> layer, IModelBuilder builder, KeyValueState cache) : IModel
    {
        private readonly Embedding _table = builder.Embedding("token_embd", 32, 64);
        private readonly Linear _output = builder.Linear("output", 64, 32);

        public ModelShape Shape => shape;

        public Linear Query { get; } = builder.Linear("blk.0.attn_q", 64, 64);

        public Linear Key { get; } = builder.Linear("blk.0.attn_k", 64, 32);

        public Linear Value { get; } = builder.Linear("blk.0.attn_v", 64, 32);

        public KeyValueState Cache => cache;

        public Tensor Embed(IForwardPass pass) => pass.Embed(_table);

        public Tensor Layer(IForwardPass pass, int number, Tensor x) => layer(pass, this, x);

        public Tensor Hidden(IForwardPass pass, Tensor x) => x;

        public Tensor Logits(IForwardPass pass, Tensor hidden) => pass.MatMul(hidden, _output);
    }
}
