using Tessera.Gguf.Files;
using Tessera.Workbench.Tracing;
using static Tessera.Host.Tests.Workbench.Tracing.Traces;

namespace Tessera.Host.Tests.Workbench.Tracing;

public class TraceJsonTests
{
    private const string Whole = """
        {"model":"m.gguf","numerics":"fast","positions":"all","tokens":[1,2],"nodes":[
        {"name":"Qcur-3","shape":[2,2],"sum":1.5,"l2":"NaN","nan":1,"inf":2,"first":[1.25,"NaN","-Infinity"]}]}
        """;

    [Fact]
    public void A_trace_of_ours_is_read_with_all_it_tells()
    {
        Trace trace = Parse(Whole);

        Assert.Equal(("fast", TracePositions.All, 0), (trace.Numerics, trace.Positions, trace.Resolution));
        Assert.Equal([1, 2], trace.Tokens!);
        TraceNode node = Assert.Single(trace.Nodes);
        Assert.Equal(("Qcur-3", "Qcur", 3), (node.Name, node.Kind, node.Layer));
        Assert.Equal((2, 2, 1.5, double.NaN, 1, 2), (node.Columns, node.Rows, node.Sum!.Value, node.L2!.Value, node.NaNs, node.Infinities));
        Assert.Equal([1.25f, float.NaN, float.NegativeInfinity], node.Values);
    }

    [Fact]
    public void A_trace_of_names_sums_and_first_values_is_of_the_last_position_with_six_decimals()
    {
        Trace trace = Parse("""{"prompt":"x","tokens":[1],"nodes":[{"name":"result_norm","sum":1.5,"l2":2,"first":[1]}]}""");

        Assert.Equal((TracePositions.Last, 0.5e-6, null), (trace.Positions, trace.Resolution, trace.Numerics));
        Assert.Equal((-1, 0), (trace.Nodes[0].Layer, trace.Nodes[0].Count));
    }

    [Theory]
    [InlineData("{\"nodes\":[\n{]}", "line 2")]
    [InlineData("{\"positions\":\"all\"}", "no array 'nodes'")]
    [InlineData("{\"nodes\":[{\"sum\":1}]}", "node 1: it has no name")]
    [InlineData("{\"nodes\":[{\"name\":\"a\"},{\"name\":\"b\",\"sum\":\"big\"}]}", "node 2 ('b'): 'sum' is not a number")]
    [InlineData("{\"nodes\":[{\"name\":\"a\",\"first\":[1,true]}]}", "'first' is not an array of numbers")]
    [InlineData("{\"nodes\":[{\"name\":\"a\",\"shape\":[1,1],\"first\":[1,2]}]}", "'shape' is not [columns, rows] of at least the 2 values")]
    [InlineData("{\"nodes\":[],\"positions\":\"first\"}", "neither 'last' nor 'all'")]
    [InlineData("{\"nodes\":[],\"tokens\":[1.5]}", "'tokens' is not an array of numbers")]
    [InlineData("{\"nodes\":[{\"name\":\"\\ud800\"}]}", "a string that is no text")]
    public void Damage_is_named_with_its_place(string text, string problem)
    {
        var error = Assert.Throws<InputFileException>(() => Parse(text));

        Assert.StartsWith("trace.txt: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_damage_is_an_error_of_the_file_or_another_trace() => Damage.Check(Whole);
}
