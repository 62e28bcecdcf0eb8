using Tessera.Gguf.Files;
using Tessera.Workbench.Tracing;
using static Tessera.Host.Tests.Workbench.Tracing.Traces;

namespace Tessera.Host.Tests.Workbench.Tracing;

public class EvalCallbackTextTests
{
    private const string Text = """
        0.00.034.596 I number of input tokens = 2
        0.00.034.607 I   1
        0.00.034.607 I   403

        common_debug_cb_eval:                     embd = (f32)   GET_ROWS(token_embd.weight{8, 4096, 1, 1}, inp_tokens{2, 1, 1, 1}}) = {8, 2, 1, 1}
            [
                [
                    [     -0.0377,       0.0222,      -0.0077,    ...,       0.0100,       0.0200,       0.0300  ],
                    [     -0.0313,      -0.0188,       0.0261,    ...,       0.0400,          nan,         -inf  ],
                ],
            ]
            sum = nan
        common_debug_cb_eval:                   Qcur-0 = (f32)       ROPE(Qcur-0{2, 7, 2, 1}, leaf_5{2, 1, 1, 1}}) = {2, 7, 2, 1}
            [
                [
                    [      0.0000,       0.0100  ],
                    [      0.0200,       0.0300  ],
                    [      0.0400,       0.0500  ],
                    ..., 
                    [      0.0800,       0.0900  ],
                    [      0.1000,       0.1100  ],
                    [      0.1200,       0.1300  ],
                ],
                [
                    [      1.0000,       1.0100  ],
                    [      1.0200,       1.0300  ],
                    [      1.0400,       1.0500  ],
                    ..., 
                    [      1.0800,       1.0900  ],
                    [      1.1000,       1.1100  ],
                    [      1.1200,       1.1300  ],
                ],
            ]
            sum = 15.820000
        common_debug_cb_eval:            Qcur-0 (view) = (f32)       VIEW(Qcur-0{2, 7, 2, 1}, }) = {1, 1, 1, 1}
            [
                [
                    [      0.0000  ],
                ],
            ]
            sum = 0.000000
        common_debug_cb_eval:               cache_k_l0 = (q8_0)      CPY(a{32, 1, 1, 1}, b{32, 1, 1, 1}}) = {32, 1, 1, 1}
        common_debug_cb_eval:            result_output = (f32)    MUL_MAT(output.weight{8, 3, 1, 1}, result_norm{8, 1, 1, 1}}) = {3, 1, 1, 1}
            [
                [
                    [      3.0000,       0.0000,       4.0000  ],
                ],
            ]
            sum = 7.000000

        llama_perf_context_print:        load time =      12.34 ms

        """;

    [Fact]
    public void Nodes_have_their_names_shapes_sums_and_values_in_place()
    {
        Trace trace = Parse(Text);

        Assert.Equal(["inp_embd", "Qcur-0", "result_output"], trace.Nodes.Select(node => node.Name));
        Assert.Equal((TracePositions.All, 0.5e-4), (trace.Positions, trace.Resolution));
        Assert.Equal([1, 403], trace.Tokens!);
        Assert.Equal([(8, 2), (14, 2), (3, 1)], trace.Nodes.Select(node => (node.Columns, node.Rows)));
        Assert.Equal([0, 1, 2, 5, 6, 7, 8, 9, 10, 13, 14, 15], trace.Nodes[0].Places!);
        Assert.Equal((double.NaN, 1, 1), (trace.Nodes[0].Sum!.Value, trace.Nodes[0].NaNs, trace.Nodes[0].Infinities));
        TraceNode query = trace.Nodes[1];
        Assert.Equal(15.82, query.Sum);
        Assert.All(
            query.Values.Index(), value => Assert.Equal((0.01f * (query.Places![value.Index] % 14)) + (query.Places[value.Index] / 14), value.Item, 1e-6f));
        Assert.Equal((24, null), (query.Values.Length, query.L2));
    }

    [Fact]
    public void A_node_that_is_printed_whole_has_its_norm() => Assert.Equal((5, null), (Parse(Text).Nodes[2].L2!.Value, Parse(Text).Nodes[2].Places));

    [Fact]
    public void The_last_position_of_heads_is_their_last_matrix()
    {
        TraceNode query = Parse(Text).OfLastPosition().Nodes[1];

        Assert.Equal((14, 1, 12), (query.Columns, query.Rows, query.Values.Length));
        Assert.Equal((1f, 0L, 13L), (query.Values[0], query.Places![0], query.Places[^1]));
        Assert.Null(query.Sum);
    }

    [Theory]
    [InlineData("-0.0377,       0.0222,      -0.0077,    ...", "-0.0377,       0.0222,    ...", "line 8: node 'embd': an ellipsis is out of place")]
    [InlineData("-0.0377", "-0.O377", "line 8: node 'embd': '-0.O377' is no number")]
    [InlineData(",       0.0300", "", "line 8: node 'embd': a row has 7 values, its shape 8")]
    [InlineData("{8, 2, 1, 1}\n", "{8, 3, 1, 1}\n", "line 10: node 'embd': it has 2 rows, its shape 3")]
    [InlineData("{8, 2, 1, 1}\n", "{8, 1, 1, 1}\n", "line 9: node 'embd': it has more values than its shape 8 x 1 x 1 x 1")]
    [InlineData("{8, 2, 1, 1}\n", "{8, 2, 1, 0}\n", "line 5: node 'embd': the shape is not four lengths above 0")]
    [InlineData("{8, 2, 1, 1}\n", "{8, 2, 1}\n", "line 5: node 'embd': the shape is not four lengths above 0")]
    [InlineData("{8, 2, 1, 1}\n", "{8, 2, 9223372036854775807, 2}\n", "line 5: node 'embd': the shape is not four lengths above 0")]
    [InlineData("    sum = nan", "    total = nan", "line 12: node 'embd': 'sum = ...' is expected, not 'total = nan'")]
    public void Damage_is_named_with_its_line(string right, string wrong, string problem)
    {
        int at = Text.IndexOf(right, StringComparison.Ordinal);

        var error = Assert.Throws<InputFileException>(() => Parse($"{Text[..at]}{wrong}{Text[(at + right.Length)..]}"));

        Assert.StartsWith($"trace.txt: {problem}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_ends_early_or_is_something_else_says_so()
    {
        string cut = Text[..Text.IndexOf("0.0261", StringComparison.Ordinal)];

        Assert.Contains("line 9: node 'embd'", Assert.Throws<InputFileException>(() => Parse(cut)).Message, StringComparison.Ordinal);
        Assert.Contains("the file ends within its values", Assert.Throws<InputFileException>(
            () => Parse(Text[..Text.IndexOf("    sum = nan", StringComparison.Ordinal)].TrimEnd())).Message, StringComparison.Ordinal);
        Assert.Contains("it is no trace", Assert.Throws<InputFileException>(() => Parse("Once upon a time\n")).Message, StringComparison.Ordinal);
        Assert.Contains("it is no trace", Assert.Throws<InputFileException>(() => Parse("")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_the_file_ends_within_is_left_out_by_name()
    {
        Trace trace = Parse(Text[..Text.IndexOf("1.0800", StringComparison.Ordinal)]);

        Assert.Equal(("inp_embd", "Qcur-0"), (Assert.Single(trace.Nodes).Name, trace.Incomplete));
    }

    [Fact]
    public void Lines_may_end_as_on_Windows() => Assert.Equal(3, Parse(Text.Replace("\n", "\r\n", StringComparison.Ordinal)).Nodes.Count);

    [Fact]
    public void Any_damage_is_an_error_of_the_file_or_another_trace() => Damage.Check(Text);
}
