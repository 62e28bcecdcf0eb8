using System.Text.Json;
using Tessera.Conformance;

namespace Tessera.Integration.Tests;

/// <summary><c>tessera trace</c> against what llama.cpp computed with the dequantized weights.</summary>
[Trait("Category", "Numerics")]
public class TraceTests
{
    private const double Relative = 1e-4;

    /// <summary>The golden values have six decimals.</summary>
    private const double Printed = 1e-6;

    private static readonly string Shipped = Path.Combine(CommandLine.Folder, "models", "shakespeare.Q4_K_M.gguf");

    [Theory]
    [InlineData("f16")]
    [InlineData("Q8_0")]
    [InlineData("Q6_K")]
    [InlineData("Q5_K_M")]
    [InlineData("Q4_K_M")]
    public async Task Every_node_is_the_references_in_exact_numerics(string type)
    {
        JsonElement golden = JsonDocument.Parse(
            await File.ReadAllTextAsync(Golden.Path($"traces/stories3M.{type}.json"), TestContext.Current.CancellationToken)).RootElement;

        CommandLineResult result = await CommandLine.RunAsync(
            "trace", Golden.Path($"models/stories3M.{type}.gguf"), "-p", golden.GetProperty("prompt").GetString()!, "--numerics", "exact", "--json");

        Assert.Equal(0, result.ExitCode);
        JsonElement trace = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(golden.GetProperty("tokens").Deserialize<int[]>(), trace.GetProperty("tokens").Deserialize<int[]>());
        ILookup<string, JsonElement> nodes = NodesOf(trace);
        IGrouping<string, JsonElement>[] expected = [.. NodesOf(golden).Where(node => !node.Key.EndsWith(')'))];
        Assert.Equal((6 * 7) + 2, expected.Length);

        // The reference lists a reshaped node once more; ours and its are the same counted from the last.
        Assert.All(expected, node => Assert.All(node.Reverse().Zip(nodes[node.Key].Reverse()), pair => ExpectNode(pair.First, pair.Second)));
        Assert.All(expected, node => Assert.NotEmpty(nodes[node.Key]));
    }

    [Fact]
    public async Task Nodes_are_named_as_the_reference_does_with_shapes_and_counts()
    {
        CommandLineResult result = await CommandLine.RunAsync("trace", Shipped, "--ids", "1,2,3", "--positions", "all", "--values", "0", "--json");

        Assert.Equal(0, result.ExitCode);
        JsonElement[] nodes = [.. JsonDocument.Parse(result.Output).RootElement.GetProperty("nodes").EnumerateArray()];
        string[] layer = ["attn_norm", "Qcur", "Kcur", "Vcur", "Qcur", "Kcur", "kqv_out",
            "attn_out", "ffn_inp", "ffn_norm", "ffn_gate", "ffn_up", "ffn_out", "l_out"];
        Assert.Equal(
            ["inp_embd", .. Enumerable.Range(0, 4).SelectMany(i => layer.Select(name => $"{name}-{i}")), "result_norm", "result_output"],
            nodes.Select(node => node.GetProperty("name").GetString()!));
        Assert.Equal<int>([256, 3], nodes[0].GetProperty("shape").Deserialize<int[]>()!);
        Assert.Equal<int>([2048, 1], nodes[^1].GetProperty("shape").Deserialize<int[]>()!);
        Assert.All(nodes, node =>
            Assert.Equal((0, 0, 0), (node.GetProperty("nan").GetInt32(), node.GetProperty("inf").GetInt32(), node.GetProperty("first").GetArrayLength())));
    }

    [Fact]
    public async Task A_pattern_chooses_nodes_and_out_writes_what_compare_reads()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("trace.json");

        CommandLineResult shown = await CommandLine.RunAsync("trace", Shipped, "-p", "ROMEO:", "--node", "*cur-1", "--values", "all");
        CommandLineResult written = await CommandLine.RunAsync("trace", Shipped, "-p", "ROMEO:", "--node", "*cur-1", "--values", "all", "--out", file);
        CommandLineResult compared = await CommandLine.RunAsync("compare", file, Shipped, "--json");

        Assert.Equal((0, 0, 0), (shown.ExitCode, written.ExitCode, compared.ExitCode));
        Assert.Equal(5, shown.Output.Split('\n').Count(line => line.Contains("cur-1", StringComparison.Ordinal)));
        Assert.Empty(written.Output);
        JsonElement[] nodes = [.. JsonDocument.Parse(compared.Output).RootElement.GetProperty("nodes").EnumerateArray()];
        Assert.Equal(5, nodes.Length);
        Assert.All(nodes, node => Assert.Equal(0, node.GetProperty("error").GetDouble()));
        Assert.Equal(256, nodes[0].GetProperty("compared").GetInt32());
    }

    [Theory]
    [InlineData("-p", "x", "--ids", "1")]
    [InlineData("-p", "x", "--values", "some")]
    [InlineData("-p", "x", "--node", "nothing*")]
    [InlineData("--ids", "1,99999")]
    [InlineData("--ids", "one")]
    [InlineData]
    public async Task What_cannot_be_traced_is_one_line_and_exit_code_1(params string[] arguments)
    {
        CommandLineResult result = await CommandLine.RunAsync(["trace", Shipped, .. arguments]);

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    private static ILookup<string, JsonElement> NodesOf(JsonElement trace) =>
        trace.GetProperty("nodes").EnumerateArray().ToLookup(node => node.GetProperty("name").GetString()!);

    private static void ExpectNode(JsonElement expected, JsonElement actual)
    {
        double norm = expected.GetProperty("l2").GetDouble();
        int count = actual.GetProperty("shape").Deserialize<int[]>()!.Aggregate((a, b) => a * b);
        Assert.Equal(norm, actual.GetProperty("l2").GetDouble(), (Relative * norm) + Printed);
        double[] values = actual.GetProperty("first").Deserialize<double[]>()!;
        double perValue = norm / Math.Sqrt(count);
        Assert.All(expected.GetProperty("first").EnumerateArray(), (value, i) => Assert.Equal(value.GetDouble(), values[i], (Relative * perValue) + Printed));
        Assert.Equal(expected.GetProperty("sum").GetDouble(), actual.GetProperty("sum").GetDouble(), (Relative * norm * Math.Sqrt(count)) + Printed);
    }
}
