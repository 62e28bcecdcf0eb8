using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Host.Tests.Loading;
using Tessera.Numerics;
using Tessera.Workbench.Benchmarking;

namespace Tessera.Host.Tests.Workbench.Benchmarking;

public class ForwardCostTests(TinyEngine engine)
{
    [Fact]
    public async Task A_token_reads_every_matrix_once_and_multiplies_with_every_weight()
    {
        var tiny = new TinyLlama();
        using LanguageModel model = await engine.LoadAsync(tiny);

        ForwardCost cost = ForwardCost.Of(model, 1);

        long weights = Weights(tiny, _ => true);
        Assert.Equal(weights, cost.MultiplyAdds);
        Assert.Equal(weights * sizeof(float), cost.WeightBytes);
        Assert.Equal(ActivationParts.Values, cost.Activations);
    }

    [Fact]
    public async Task Bytes_are_those_of_the_file()
    {
        var tiny = new TinyLlama { MatrixType = GgmlType.Q8_0 };
        using LanguageModel model = await engine.LoadAsync(tiny, NumericsMode.Fast);

        ForwardCost cost = ForwardCost.Of(model, 1);

        Assert.Equal(Weights(tiny, _ => true) / 32 * 34, cost.WeightBytes);
        Assert.Equal(ActivationParts.Q8, cost.Activations);
    }

    [Fact]
    public async Task A_prompt_pays_for_the_last_feed_forward_network_and_the_output_once()
    {
        var tiny = new TinyLlama();
        string last = $"blk.{tiny.Shape.Layers - 1}.ffn_";
        using LanguageModel model = await engine.LoadAsync(tiny);

        ForwardCost cost = ForwardCost.Of(model, 5);

        long once = Weights(tiny, name => name.StartsWith(last, StringComparison.Ordinal) || name == "output.weight");
        long all = Weights(tiny, _ => true);
        Assert.Equal((5 * (all - once)) + once, cost.MultiplyAdds);
        Assert.Equal(all * sizeof(float), cost.WeightBytes);
    }

    [Fact]
    public async Task A_long_prompt_reads_the_weights_once_per_batch()
    {
        var tiny = new TinyLlama();
        string last = $"blk.{tiny.Shape.Layers - 1}.ffn_";
        using LanguageModel model = await engine.LoadAsync(tiny);

        ForwardCost cost = ForwardCost.Of(model, 1025);

        long once = Weights(tiny, name => name.StartsWith(last, StringComparison.Ordinal) || name == "output.weight");
        long all = Weights(tiny, _ => true);
        Assert.Equal((1025 * (all - once)) + once, cost.MultiplyAdds);
        Assert.Equal(((3 * (all - once)) + once) * sizeof(float), cost.WeightBytes);
    }

    /// <summary>Weights of the matrices that products are made with: all but the embedding.</summary>
    private static long Weights(TinyLlama tiny, Func<string, bool> counts) => tiny.Tensors
        .Where(t => t.Value.Dimensions.Length == 2 && t.Key != "token_embd.weight" && counts(t.Key))
        .Sum(t => t.Value.Dimensions[0] * t.Value.Dimensions[1]);
}
