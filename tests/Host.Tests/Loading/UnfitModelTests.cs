using Microsoft.Extensions.DependencyInjection;
using Tessera.Architecture.Llama.Tests;
using Tessera.Architectures;
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
    private static readonly ModelShape s_shape = new() { Vocabulary = 32, ContextLength = 64, Layers = 1, KvHeads = 2, KeyLength = 16, ValueLength = 16 };

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
        Assert.Throws<GgufException>(() => engine.Explainer.Explain(path));
        Assert.True(verification.FileFailed);
        Assert.True(Assert.Single(verification.Checks, check => check.Name == "shapes").Failed);
    }

    [Fact]
    public void Equations_that_fit_are_taken() => Assert.NotNull(Build(s_shape, Attend));

    [Fact]
    public void A_shape_without_positive_lengths_is_refused()
    {
        ModelShape[] shapes =
        [
            s_shape with { Vocabulary = 0 }, s_shape with { ContextLength = -1 }, s_shape with { Layers = -1 }, s_shape with { KvHeads = 0 },
            s_shape with { KeyLength = 0 }, s_shape with { ValueLength = -16 },
        ];
        Assert.All(shapes, shape => Refuses("its shape has a length that is not positive", shape, Attend));
    }

    [Fact]
    public void A_shape_that_is_not_the_equations_is_refused()
    {
        Refuses("its shape has 2147483647 layers with a KV cache, its equations attend in 1", s_shape with { Layers = int.MaxValue }, Attend);
        Refuses("Attention in layer 0: the KV cache has 0 layers", s_shape with { Layers = 0 }, Attend);
        Refuses("Attention in layer 0: ", s_shape with { KvHeads = 4 }, Attend);
        Refuses("Attention in layer 0: ", s_shape with { KeyLength = 32 }, Attend);
        Refuses("Attention in layer 0: ", s_shape with { ValueLength = 1 << 30 }, Attend);
        Refuses("Forward: the logits are [1, 32], and [1, 33] are wanted", s_shape with { Vocabulary = 33 }, Attend);
    }

    [Fact]
    public void Equations_that_give_every_token_for_the_wanted_one_are_refused() =>
        Refuses("Forward: the logits are [2, 32], and [1, 32] are wanted", s_shape with { Layers = 0 }, (pass, builder) => pass.MatMul(pass.Embed(Table(builder)), builder.Linear("output", 64, 32)));

    [Fact]
    public void A_failure_of_the_plugin_itself_names_the_plugin_not_the_file()
    {
        var error = Assert.Throws<TesseraException>(() => Build(s_shape, (_, _) => throw new InvalidOperationException("no luck in Forward")));

        Assert.StartsWith("The plugin Tessera.Architecture.Llama ", error.Message, StringComparison.Ordinal);
        Assert.Contains("no luck in Forward", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_matrix_that_is_larger_than_what_is_computed_with_is_refused()
    {
        var tiny = new TinyLlama();
        tiny.File.AddTensor("wide.weight", GgmlType.F32, [1 << 29, 1 << 29], new byte[4]);
        using GgufModelFile file = GgufModelFile.From(GgufFile.Read(tiny.ToArray(), "wide.gguf"));
        using ModelBuilder builder = Builder(file);

        var error = Assert.Throws<GgufException>(() => builder.Linear("wide", 1 << 29, 1 << 29));

        Assert.Equal("tensor 'wide.weight'", error.Place);
    }

    private static Embedding Table(IModelBuilder builder) => builder.Embedding("token_embd", 32, 64);

    private static Tensor Attend(IForwardPass pass, IModelBuilder builder)
    {
        Tensor x = pass.Embed(Table(builder));
        pass.BeginLayer(0);
        (Tensor q, Tensor k, Tensor v) = pass.MatMul(
            x, builder.Linear("blk.0.attn_q", 64, 64), builder.Linear("blk.0.attn_k", 64, 32), builder.Linear("blk.0.attn_v", 64, 32));
        x = pass.Outputs(pass.Attention(q, k, v, 1));
        pass.EndLayers();
        return pass.MatMul(x, builder.Linear("output", 64, 32));
    }

    private void Refuses(string problem, ModelShape shape, Func<IForwardPass, IModelBuilder, Tensor> forward)
    {
        var error = Assert.Throws<GgufException>(() => Build(shape, forward));

        Assert.Equal(("tiny.gguf", "architecture odd"), (error.File, error.Place));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private IModel Build(ModelShape shape, Func<IForwardPass, IModelBuilder, Tensor> forward)
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
            llama.Plugin, new PluginExport("architecture", "odd"), ["odd"], typeof(OddArchitecture), part => new GuardedArchitecture(part, new OddArchitecture(shape, forward))));
    }

    private ModelBuilder Builder(GgufModelFile file)
    {
        var parts = new ModelParts(engine.Services.GetRequiredService<PluginCatalog>());
        return new ModelBuilder(file, parts.FindFormat, new ModelOptions(), progress: null, Cancellation);
    }

    private sealed class OddArchitecture(ModelShape shape, Func<IForwardPass, IModelBuilder, Tensor> forward) : IArchitecture
    {
        public IModel Build(IModelBuilder builder) => new OddModel(shape, pass => forward(pass, builder));
    }

    private sealed class OddModel(ModelShape shape, Func<IForwardPass, Tensor> forward) : IModel
    {
        public ModelShape Shape => shape;

        public Tensor Forward(IForwardPass pass) => forward(pass);
    }
}
