using Tessera.Workbench.Tracing;
using static Tessera.Host.Tests.Workbench.Tracing.Traces;

namespace Tessera.Host.Tests.Workbench.Tracing;

public class TraceComparisonTests
{
    [Fact]
    public void Error_is_relative_to_the_references_norm()
    {
        NodeComparison node = Compare(Node("x", 3, 4), Node("x", 3, 4.5f));

        Assert.Equal(0.5 / 5, node.Error, 1e-12);
        Assert.Equal(0.25 / 25, node.Nmse!.Value, 1e-12);
        Assert.Equal(((3 * 3) + (4 * 4.5)) / (5 * Math.Sqrt(9 + 20.25)), node.Cosine!.Value, 1e-12);
        Assert.Equal((Math.Sqrt(29.25) - 5) / 5, node.L2Error!.Value, 1e-12);
        Assert.Equal(0.5 / (5 * Math.Sqrt(2)), node.SumError!.Value, 1e-12);
    }

    [Fact]
    public void Errors_of_norm_and_sum_are_never_above_the_error_of_the_values()
    {
        var random = new Random(1);
        for (int i = 0; i < 100; i++)
        {
            float[] x = [.. Enumerable.Range(0, 50).Select(_ => random.NextSingle() - 0.5f)];
            float[] y = [.. x.Select(v => v + (0.1f * (random.NextSingle() - 0.3f)))];
            NodeComparison node = Compare(Node("x", x), Node("x", y));

            Assert.Equal(Math.Sqrt(node.Nmse!.Value), node.Error, 1e-12);
        }
    }

    [Fact]
    public void An_error_outside_of_the_known_values_shows_in_norm_and_sum()
    {
        TraceNode whole = TraceNode.Measure("x", 4, [1, 1, 1, 1], kept: 2);
        TraceNode other = TraceNode.Measure("x", 4, [1, 1, 1, 3], kept: 2);

        NodeComparison node = Compare(whole, other);

        Assert.Equal((0, 2, false), (node.Nmse!.Value, node.Compared, node.IsWhole));
        Assert.Equal((Math.Sqrt(12) - 2) / 2, node.Error, 1e-12);
    }

    [Fact]
    public void Known_values_are_compared_where_both_know_them()
    {
        TraceNode some = new() { Name = "x", Columns = 4, Rows = 1, Values = [9, 4], Places = [0, 3] };

        NodeComparison node = Compare(Node("x", 1, 2, 3, 4), some);

        Assert.Equal(2, node.Compared);
        Assert.Equal([(1f, 9f), (4f, 4f)], node.First);
        Assert.Equal(64 / 2.0 / (30 / 4.0), node.Nmse!.Value, 1e-12);
        Assert.Null(node.L2Error);
    }

    [Theory]
    [InlineData(float.NaN, float.NaN, true)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity, true)]
    [InlineData(float.NaN, 1, false)]
    [InlineData(1, float.NaN, false)]
    [InlineData(float.PositiveInfinity, float.NegativeInfinity, false)]
    public void What_is_not_finite_agrees_with_itself_alone(float x, float y, bool agrees) =>
        Assert.Equal(agrees ? 0 : double.PositiveInfinity, Compare(Node("x", 1, x), Node("x", 1, y)).Error);

    [Fact]
    public void Printed_values_agree_within_their_last_digit()
    {
        Trace reference = Of(Node("x", 1.00004f, 2)) with { Resolution = 0.5e-4 };

        NodeComparison within = Assert.Single(TraceComparison.Of(reference, Of(Node("x", 1, 2)), 0).Nodes);
        NodeComparison beyond = Assert.Single(TraceComparison.Of(reference, Of(Node("x", 0.9999f, 2)), 0).Nodes);

        Assert.Equal(0, within.Error);
        Assert.InRange(beyond.Error, 1e-5, 1e-4);
    }

    [Fact]
    public void Nodes_of_one_name_are_matched_from_the_last()
    {
        // The reference lists the product, its reshape, and the rotation.
        Trace reference = Of(Node("Qcur-0", 1, 2), Node("Qcur-0", 1, 2), Node("Qcur-0", 5, 6), Node("l_out-0", 1));
        Trace other = Of(Node("Qcur-0", 1, 2), Node("Qcur-0", 6, 5), Node("l_out-0", 2));

        var comparison = TraceComparison.Of(reference, other, 0.1);

        Assert.Equal(["Qcur-0 (1 of 2)", "Qcur-0 (2 of 2)", "l_out-0"], comparison.Nodes.Select(node => node.Name));
        Assert.Equal("Qcur-0 (2 of 2)", comparison.FirstBeyond!.Name);
    }

    [Fact]
    public void The_largest_step_is_where_the_error_grows_most()
    {
        Trace reference = Of(Node("a", 1), Node("b", 1), Node("c", 1), Node("d", 1));

        var comparison = TraceComparison.Of(reference, Of(Node("a", 1.01f), Node("b", 1.02f), Node("c", 2), Node("d", 3)), 0.001);

        Assert.Equal("a", comparison.FirstBeyond!.Name);
        Assert.Equal("c", comparison.LargestStep!.Value.Node.Name);
        Assert.Equal(50, comparison.LargestStep.Value.Factor, 0.01);
    }

    [Fact]
    public void A_trace_of_all_positions_is_compared_with_one_of_the_last_by_the_last()
    {
        TraceNode all = TraceNode.Measure("x", 2, [9, 9, 3, 4], kept: 4);
        Trace reference = Of(all) with { Positions = TracePositions.All };

        NodeComparison node = Assert.Single(TraceComparison.Of(reference, Of(Node("x", 3, 4)), 0).Nodes);

        Assert.Equal((0, 2, true), (node.Error, node.Compared, node.IsWhole));
        Assert.Equal(0, node.SumError);
    }

    [Fact]
    public void What_one_trace_lacks_is_listed()
    {
        var comparison = TraceComparison.Of(Of(Node("a", 1), Node("b", 1), Node("b (view)", 1)), Of(Node("a", 1), Node("c", 1)), 0);

        Assert.Equal(["b"], comparison.OnlyInReference);
        Assert.Equal(["c"], comparison.OnlyInOther);
    }

    [Fact]
    public void Traces_that_cannot_be_compared_say_why()
    {
        Trace trace = Of(Node("a", 1, 2)) with { Tokens = [1, 2] };

        Assert.Contains("different tokens",
            Assert.Throws<TesseraException>(() => TraceComparison.Of(trace, trace with { Tokens = [1, 3] }, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("different shapes: 2 x 1 and 3 x 1",
            Assert.Throws<TesseraException>(() => TraceComparison.Of(trace, Of(Node("a", 1, 2, 3)), 0)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "no node in common", Assert.Throws<TesseraException>(() => TraceComparison.Of(trace, Of(Node("b", 1)), 0)).Message, StringComparison.Ordinal);
    }
}
