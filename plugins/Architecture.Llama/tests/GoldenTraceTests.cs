using System.Text.Json;
using Tessera.Conformance;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Workbench.Tracing;

namespace Tessera.Architecture.Llama.Tests;

public class GoldenTraceTests
{
    // The traces agree with the dequantized F32 weights and an F32 KV cache for every type, to what F32 sums over 256 to 768 products leave:
    // that is how they were made. They are printed with six decimals, hence the absolute part. Relative errors are relative to a node's
    // norm: the sum of a node may be near 0.
    private const double Relative = 3e-5;
    private const double Printed = 1e-6;

    [Theory]
    [InlineData("f16")]
    [InlineData("Q8_0")]
    [InlineData("Q6_K")]
    [InlineData("Q5_K_M")]
    [InlineData("Q4_K_M")]
    public async Task Every_node_of_every_layer_is_the_references(string type)
    {
        using JsonDocument trace = JsonDocument.Parse(
            await File.ReadAllTextAsync(Golden.Path($"traces/stories3M.{type}.json"), TestContext.Current.CancellationToken));
        int[] ids = [.. trace.RootElement.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];

        Dictionary<string, float[]> nodes = await Trace(Golden.Path($"models/stories3M.{type}.gguf"), ids);

        Dictionary<string, JsonElement> expected = LastOfEachName(trace);
        Assert.Equal((6 * 7) + 2, expected.Count);
        Assert.All(expected, node => ExpectNode(node.Value, nodes[node.Key]));
    }

    private static void ExpectNode(JsonElement expected, float[] actual)
    {
        double norm = expected.GetProperty("l2").GetDouble();
        double perValue = norm / Math.Sqrt(actual.Length);
        Assert.Equal(norm, Math.Sqrt(actual.Sum(v => (double)v * v)), (Relative * norm) + Printed);
        Assert.Equal(expected.GetProperty("sum").GetDouble(), actual.Sum(v => (double)v), (Relative * norm) + Printed);
        Assert.All(expected.GetProperty("first").EnumerateArray(), (value, i) => Assert.Equal(value.GetDouble(), actual[i], (Relative * perValue) + Printed));
    }

    /// <summary>What the last position's nodes hold in exact numerics.</summary>
    private static async Task<Dictionary<string, float[]>> Trace(string path, int[] ids)
    {
        var options = new ModelOptions { Numerics = NumericsMode.Exact, Threads = 2 };
        using LanguageModel model = await BuiltPlugins.Loader.LoadAsync(path, options);
        var nodes = new Dictionary<string, float[]>();
        foreach (TraceNode node in ModelTracer.Run(model, ids, cancellationToken: TestContext.Current.CancellationToken).Nodes)
        {
            nodes[node.Name] = node.Values;
        }

        return nodes;
    }

    /// <summary>Queries and keys come before and after their rotation; the last of each is compared here, the others in the integration tests.</summary>
    private static Dictionary<string, JsonElement> LastOfEachName(JsonDocument trace)
    {
        var nodes = new Dictionary<string, JsonElement>();
        foreach (JsonElement node in trace.RootElement.GetProperty("nodes").EnumerateArray())
        {
            string name = node.GetProperty("name").GetString()!;
            if (!name.EndsWith(" (view)", StringComparison.Ordinal))
            {
                nodes[name] = node;
            }
        }

        return nodes;
    }
}
