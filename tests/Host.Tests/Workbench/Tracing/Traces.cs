using System.Text;
using Tessera.Workbench.Tracing;

namespace Tessera.Host.Tests.Workbench.Tracing;

/// <summary>Traces that tests write down.</summary>
internal static class Traces
{
    public static Trace Of(params TraceNode[] nodes) => new() { Source = "test", Positions = TracePositions.Last, Nodes = nodes };

    public static TraceNode Node(string name, params float[] values) => TraceNode.Measure(name, values.Length, values, values.Length);

    public static Trace Parse(string text) => TraceFile.Parse("trace.txt", Encoding.UTF8.GetBytes(text));

    public static NodeComparison Compare(TraceNode reference, TraceNode other) => Assert.Single(TraceComparison.Of(Of(reference), Of(other), 0).Nodes);
}
