using System.Globalization;
using Tessera.Cli.Display;
using Tessera.Workbench.Tracing;

namespace Tessera.Cli.Tracing;

/// <summary>A comparison for people: each node, each layer, and last the verdict.</summary>
internal sealed class ComparisonReport(TraceComparison comparison, string reference, string other)
{
    /// <summary>A smaller step than this is how errors grow in a sound model.</summary>
    private const double NotableStep = 10;

    public void Write()
    {
        WriteNodes();
        WriteLayers();
        WriteWhatIsUnknown();
        WriteVerdict();
    }

    private void WriteNodes()
    {
        ReportTable table = new ReportTable("node").AddNumbers("values", "NMSE", "cosine", "L2 norm off by", "sum off by", "relative error");
        foreach (NodeComparison node in comparison.Nodes)
        {
            string colour = comparison.IsBeyond(node) ? ReferenceEquals(node, comparison.FirstBeyond) ? "red bold" : "red" : "default";
            table.AddRow(Array.ConvertAll(
                (string[])[
                    node.Name,
                    node.IsWhole ? "all" : node.Compared.ToString(CultureInfo.InvariantCulture),
                    TraceArguments.FormatError(node.Nmse),
                    node.Cosine?.ToString("F6", CultureInfo.InvariantCulture) ?? "",
                    TraceArguments.FormatError(node.L2Error),
                    TraceArguments.FormatError(node.SumError),
                    TraceArguments.FormatError(node.Error)],
                cell => StyledText.Of($"[{colour}]{cell}[/]")));
        }

        Terminal.Write(table);
    }

    private void WriteLayers()
    {
        ReportTable table = new ReportTable("layer").AddNumbers("nodes", "beyond", "largest error", "at");
        foreach (IGrouping<int, NodeComparison> layer in comparison.Nodes.Where(node => node.Reference.Layer >= 0).GroupBy(node => node.Reference.Layer))
        {
            NodeComparison worst = layer.MaxBy(node => node.Error)!;
            int beyond = layer.Count(comparison.IsBeyond);
            table.AddRow($"{layer.Key}", $"{layer.Count()}", beyond == 0 ? "0" : StyledText.Of($"[red]{beyond}[/]"),
                TraceArguments.FormatError(worst.Error), worst.Error == 0 ? "" : worst.Name);
        }

        if (table.Rows > 0)
        {
            Terminal.Write(table);
        }
    }

    private void WriteWhatIsUnknown()
    {
        int partly = comparison.Nodes.Count(node => !node.IsWhole);
        if (partly > 0)
        {
            const string Caution = "an error in the other values shows only in those";
            Terminal.Line($"{partly} of {comparison.Nodes.Count} nodes are compared by the values, norms and sums that both sides tell; {Caution}.");
        }

        WriteMissing(reference, comparison.OnlyInReference);
        WriteMissing(other, comparison.OnlyInOther);
    }

    private static void WriteMissing(string where, IReadOnlyList<string> names)
    {
        string[] kinds = [.. names.Select(name => new TraceNode { Name = name, Values = [] }.Kind).Distinct()];
        if (kinds.Length > 0)
        {
            Terminal.Line($"Only in {where}: {string.Join(", ", kinds)}.");
        }
    }

    private void WriteVerdict()
    {
        string tolerance = TraceArguments.Format(comparison.Tolerance);
        if (comparison.FirstBeyond is not { } first)
        {
            Terminal.Line($"[green]{other} agrees with {reference}: all {comparison.Nodes.Count} nodes within a relative error of {tolerance}.[/]");
        }
        else
        {
            int index = comparison.Nodes.TakeWhile(node => !ReferenceEquals(node, first)).Count();
            string before = index == 0
                ? "It is the first node of all."
                : $"The {index} nodes before it are within, the worst by {TraceArguments.FormatError(comparison.Nodes.Take(index).Max(node => node.Error))}.";
            string error = TraceArguments.FormatError(first.Error);
            Terminal.Line($"[red bold]The first node beyond the tolerance of {tolerance} is {first.Name}: relative error {error}.[/] {before}");
            WriteValues(reference, first.Reference, first.First.Select(pair => pair.Reference));
            WriteValues(other, first.Other, first.First.Select(pair => pair.Other));
        }

        if (comparison.LargestStep is { Factor: >= NotableStep } step && comparison.IsBeyond(step.Node) && !ReferenceEquals(step.Node, comparison.FirstBeyond))
        {
            Terminal.Line($"The error grows most at {step.Node.Name}: {step.Factor:F0} times the largest before.");
        }
    }

    private static void WriteValues(string side, TraceNode node, IEnumerable<float> values)
    {
        string counts = node.NaNs + node.Infinities == 0 ? "" : $", {node.NaNs} NaN, {node.Infinities} infinite";
        string norm = node.L2 is null ? "" : $"  (L2 norm {TraceArguments.Format(node.L2)}{counts})";
        Terminal.Line($"  {side}: {string.Join("  ", values.Select(value => TraceArguments.Format(value)))}{norm}");
    }
}
