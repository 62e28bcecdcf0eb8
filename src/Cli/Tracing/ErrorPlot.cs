using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Tessera.Cli.Plotting;
using Tessera.Workbench.Tracing;

namespace Tessera.Cli.Tracing;

/// <summary>Draws the relative error of every node, layer after layer, on a logarithmic scale.</summary>
internal static class ErrorPlot
{
    private const int Width = 1200;
    private const int Height = 600;

    /// <summary>Decades below the largest error that are drawn; less is drawn there, no error at all too.</summary>
    private const int Decades = 9;

    public static void Write(TraceComparison comparison, string title, Stream file, bool svg)
    {
        double largest = Math.Max(
            comparison.Tolerance, comparison.Nodes.Where(node => double.IsFinite(node.Error)).Select(node => node.Error).DefaultIfEmpty(1).Max());
        double top = Math.Ceiling(Math.Log10(Math.Max(largest, double.Epsilon)));
        double Scale(double error) => Math.Clamp(Math.Log10(error), top - Decades, top);

        using var plot = new Plot();
        plot.Title(title);
        plot.XLabel("layer");
        plot.YLabel("relative error");
        double[] errors = [.. comparison.Nodes.Select(node => Scale(node.Error))];
        plot.Add.Scatter(Generate.Consecutive(errors.Length), errors, Colors.SteelBlue).LegendText = "each node";
        int[] beyond = [.. Enumerable.Range(0, errors.Length).Where(i => comparison.IsBeyond(comparison.Nodes[i]))];
        if (beyond.Length > 0)
        {
            plot.Add.Markers(Array.ConvertAll(beyond, i => (double)i), Array.ConvertAll(beyond, i => errors[i]),
                MarkerShape.FilledCircle, 7, Colors.Red).LegendText = "beyond the tolerance";
            ScottPlot.Plottables.Text label = plot.Add.Text(comparison.Nodes[beyond[0]].Name, beyond[0], errors[beyond[0]]);
            label.LabelFontColor = Colors.Red;
            label.LabelBold = true;
            label.LabelAlignment = Alignment.LowerRight;
        }

        if (comparison.Tolerance > 0)
        {
            plot.Add.HorizontalLine(Scale(comparison.Tolerance), 1, Colors.Gray, LinePattern.Dashed).LegendText = "tolerance";
        }

        plot.Axes.Bottom.TickGenerator = new NumericManual(LayerTicks(comparison.Nodes));
        plot.Axes.Left.TickGenerator = new NumericAutomatic
        {
            IntegerTicksOnly = true,
            LabelFormatter = exponent => exponent <= top - Decades ? "less" : string.Create(CultureInfo.InvariantCulture, $"1e{exponent:F0}"),
        };
        plot.Axes.SetLimits(-1, errors.Length, top - Decades - 0.3, top + 0.3);
        plot.ShowLegend(Alignment.UpperLeft);
        PlotFile.Write(file, svg, Width, Height, plot);
    }

    /// <summary>A tick where each layer begins, and where the nodes after the last one do.</summary>
    private static Tick[] LayerTicks(IReadOnlyList<NodeComparison> nodes)
    {
        int[] starts = [.. Enumerable.Range(0, nodes.Count).Where(i => i == 0 || nodes[i].Reference.Layer != nodes[i - 1].Reference.Layer)];
        return Array.ConvertAll(starts, i => new Tick(i, nodes[i].Reference.Layer is >= 0 and int layer ? $"{layer}" : i == 0 ? "" : "out"));
    }
}
