using System.Globalization;
using Spectre.Console;
using Tessera.Tracing;

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
        Table table = TableOf("node", "values", "NMSE", "cosine", "L2 norm off by", "sum off by", "relative error");
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
                cell => $"[{colour}]{Markup.Escape(cell)}[/]"));
        }

        AnsiConsole.Write(table);
    }

    private void WriteLayers()
    {
        Table table = TableOf("layer", "nodes", "beyond", "largest error", "at");
        foreach (IGrouping<int, NodeComparison> layer in comparison.Nodes.Where(node => node.Reference.Layer >= 0).GroupBy(node => node.Reference.Layer))
        {
            NodeComparison worst = layer.MaxBy(node => node.Error)!;
            int beyond = layer.Count(comparison.IsBeyond);
            table.AddRow($"{layer.Key}", $"{layer.Count()}", beyond == 0 ? "0" : $"[red]{beyond}[/]", TraceArguments.FormatError(worst.Error), worst.Error == 0 ? "" : Markup.Escape(worst.Name));
        }

        if (table.Rows.Count > 0)
        {
            AnsiConsole.Write(table);
        }
    }

    private void WriteWhatIsUnknown()
    {
        int partly = comparison.Nodes.Count(node => !node.IsWhole);
        if (partly > 0)
        {
            AnsiConsole.WriteLine($"{partly} of {comparison.Nodes.Count} nodes are compared by the values, norms and sums that both sides tell; an error in the other values shows only in those.");
        }

        WriteMissing(reference, comparison.OnlyInReference);
        WriteMissing(other, comparison.OnlyInOther);
    }

    private static void WriteMissing(string where, IReadOnlyList<string> names)
    {
        string[] kinds = [.. names.Select(name => new TraceNode { Name = name, Values = [] }.Kind).Distinct()];
        if (kinds.Length > 0)
        {
            AnsiConsole.WriteLine($"Only in {where}: {string.Join(", ", kinds)}.");
        }
    }

    private void WriteVerdict()
    {
        string tolerance = TraceArguments.Format(comparison.Tolerance);
        if (comparison.FirstBeyond is not { } first)
        {
            AnsiConsole.MarkupLine($"[green]{Markup.Escape(other)} agrees with {Markup.Escape(reference)}: all {comparison.Nodes.Count} nodes within a relative error of {tolerance}.[/]");
        }
        else
        {
            int index = comparison.Nodes.TakeWhile(node => !ReferenceEquals(node, first)).Count();
            string before = index == 0 ? "It is the first node of all." : $"The {index} nodes before it are within, the worst by {TraceArguments.FormatError(comparison.Nodes.Take(index).Max(node => node.Error))}.";
            AnsiConsole.MarkupLine($"[red bold]The first node beyond the tolerance of {tolerance} is {Markup.Escape(first.Name)}: relative error {TraceArguments.FormatError(first.Error)}.[/] {before}");
            WriteValues(reference, first.Reference, first.First.Select(pair => pair.Reference));
            WriteValues(other, first.Other, first.First.Select(pair => pair.Other));
        }

        if (comparison.LargestStep is { Factor: >= NotableStep } step && comparison.IsBeyond(step.Node) && !ReferenceEquals(step.Node, comparison.FirstBeyond))
        {
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The error grows most at {step.Node.Name}: {step.Factor:F0} times the largest before."));
        }
    }

    private static void WriteValues(string side, TraceNode node, IEnumerable<float> values)
    {
        string counts = node.NaNs + node.Infinities == 0 ? "" : $", {node.NaNs} NaN, {node.Infinities} infinite";
        string norm = node.L2 is null ? "" : $"  (L2 norm {TraceArguments.Format(node.L2)}{counts})";
        AnsiConsole.WriteLine($"  {side}: {string.Join("  ", values.Select(value => TraceArguments.Format(value)))}{norm}");
    }

    private static Table TableOf(string first, params ReadOnlySpan<string> numbers)
    {
        Table table = new Table().RoundedBorder().AddColumn(first);
        foreach (string title in numbers)
        {
            table.AddColumn(title, column => column.RightAligned().NoWrap());
        }

        return table;
    }
}
