using Microsoft.Extensions.DependencyInjection;
using Tessera.Architecture.Llama.Tests;
using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Host.Tests.Loading;
using Tessera.Workbench.Tensors;

namespace Tessera.Host.Tests.Workbench.Tensors;

public class ValueHistogramTests(TinyEngine engine)
{
    [Fact]
    public void Layers_come_in_order_with_every_value_of_their_matrices()
    {
        var model = new TinyLlama();

        IReadOnlyList<ValueHistogram> layers = Measure(model);

        Assert.Equal(["0", "1", "output", "token_embd"], layers.Select(layer => layer.Layer).Order(StringComparer.Ordinal));
        Assert.Equal(["0", "1"], layers.Take(2).Select(layer => layer.Layer));
        Assert.Equal(Values(model, "blk.1.").Length, layers[1].Counts.Sum());
    }

    [Fact]
    public void A_value_counts_in_its_bin_and_what_lies_beyond_in_the_outermost()
    {
        var model = new TinyLlama();
        float[] query = model.Tensors["blk.0.attn_q.weight"].Values;
        query[0] = 1e3f;
        query[1] = -1e3f;

        ValueHistogram layer = Measure(model)[0];

        int bins = layer.Counts.Count;
        double width = 2 * layer.Range / bins;
        float[] values = Values(model, "blk.0.");
        Assert.Equal(values.Count(value => value >= layer.Range - width), layer.Counts[bins - 1]);
        Assert.Equal(values.Count(value => value < width - layer.Range), layer.Counts[0]);
        Assert.Equal(values.Count(value => Math.Abs(value) < width / 2), layer.Counts[bins / 2]);
    }

    private IReadOnlyList<ValueHistogram> Measure(TinyLlama model)
    {
        using GgufModelFile file = GgufModelFile.Open(engine.Save(model));
        return ValueHistogram.Measure(file, engine.Services.GetRequiredService<PluginCatalog>(), TestContext.Current.CancellationToken);
    }

    private static float[] Values(TinyLlama model, string prefix) =>
        [.. model.Tensors.Where(tensor => tensor.Key.StartsWith(prefix, StringComparison.Ordinal) && tensor.Value.Dimensions.Length > 1)
            .SelectMany(tensor => tensor.Value.Values)];
}
