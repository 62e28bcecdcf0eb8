using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Host.Tests.Loading;
using Tessera.Workbench.Tracing;

namespace Tessera.Host.Tests.Workbench.Tracing;

public class ModelTracerTests(TinyEngine engine)
{
    // More than one batch.
    private static readonly int[] Ids = [.. Enumerable.Range(0, ModelSession.BatchTokens + 5).Select(i => i % 7)];

    [Fact]
    public async Task The_last_row_of_all_positions_is_the_last_position()
    {
        using LanguageModel model = await LoadAsync();

        Trace last = ModelTracer.Run(model, Ids, cancellationToken: TestContext.Current.CancellationToken);
        Trace all = ModelTracer.Run(model, Ids, new TraceOptions { Positions = TracePositions.All }, TestContext.Current.CancellationToken);

        Assert.Equal(Ids.Length, all.Nodes[0].Rows);
        Assert.All(last.Nodes, node => Assert.Equal(1, node.Rows));
        Assert.Equal(last.Nodes.Select(node => node.Name), all.Nodes.Select(node => node.Name));
        Assert.All(last.Nodes.Zip(all.OfLastPosition().Nodes), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    [Fact]
    public async Task The_last_node_holds_the_logits()
    {
        using LanguageModel model = await LoadAsync();
        var logits = new float[model.Shape.Vocabulary];
        using (IModelSession session = model.CreateSession(Ids.Length))
        {
            session.Evaluate(Ids, logits, TestContext.Current.CancellationToken);
        }

        TraceNode node = ModelTracer.Run(model, Ids, new TraceOptions { Nodes = "result_out*" }, TestContext.Current.CancellationToken).Nodes.Single();

        Assert.Equal(logits, node.Values);
        Assert.Equal(logits.Sum(v => (double)v), node.Sum!.Value, 1e-9);
    }

    [Fact]
    public async Task Kept_values_do_not_change_what_is_measured()
    {
        using LanguageModel model = await LoadAsync();

        Trace whole = ModelTracer.Run(model, [1, 2, 3], cancellationToken: TestContext.Current.CancellationToken);
        Trace brief = ModelTracer.Run(model, [1, 2, 3], new TraceOptions { Values = 2 }, TestContext.Current.CancellationToken);

        Assert.All(whole.Nodes.Zip(brief.Nodes), pair =>
        {
            Assert.Equal((pair.First.Sum, pair.First.L2), (pair.Second.Sum, pair.Second.L2));
            Assert.Equal(pair.First.Values[..2], pair.Second.Values);
        });
    }

    [Fact]
    public void Not_a_number_and_infinity_are_counted()
    {
        TraceNode node = TraceNode.Measure("x", 2, [float.NaN, 1, float.NegativeInfinity, float.PositiveInfinity], kept: 1);

        Assert.Equal((1, 2, 2, 2), (node.NaNs, node.Infinities, node.Rows, node.Columns));
    }

    [Fact]
    public async Task An_empty_prompt_is_an_error()
    {
        using LanguageModel model = await LoadAsync();

        Assert.Throws<TesseraException>(() => ModelTracer.Run(model, [], cancellationToken: TestContext.Current.CancellationToken));
    }

    private Task<LanguageModel> LoadAsync() => engine.LoadAsync(new TinyLlama());
}
