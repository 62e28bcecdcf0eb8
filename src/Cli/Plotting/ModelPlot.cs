using ScottPlot;
using ScottPlot.TickGenerators;
using Tessera.Cli.Json;
using Tessera.Workbench.Tensors;

namespace Tessera.Cli.Plotting;

/// <summary>Draws a model: where its bytes are, and how its weights are distributed.</summary>
internal static class ModelPlot
{
    private const int Width = 1200;
    private const int Height = 1000;
    private const double Megabyte = 1e6;

    /// <summary>Values that are this many decades rarer than the commonest are drawn as the rarest.</summary>
    private const double Decades = 5;

    public static void Write(Stream file, bool svg, IReadOnlyList<TensorEntry> tensors, IReadOnlyList<ValueHistogram> layers)
    {
        using Plot sizes = DrawSizes(tensors);
        using Plot values = DrawValues(layers);
        PlotFile.Write(file, svg, Width, Height, sizes, values);
    }

    /// <summary>A bar for each kind of tensor, whatever its layer; a colour for each type.</summary>
    private static Plot DrawSizes(IReadOnlyList<TensorEntry> tensors)
    {
        var plot = new Plot();
        plot.Title("bytes by kind of tensor and type");
        plot.YLabel("MB");
        string[] types = [.. tensors.Select(tensor => tensor.Type).Distinct()];
        IGrouping<string, TensorEntry>[] kinds = [
            .. tensors.GroupBy(tensor => KindOf(tensor.Name)).OrderByDescending(kind => kind.Sum(tensor => tensor.Bytes ?? 0))];
        var palette = new ScottPlot.Palettes.Category10();
        for (int kind = 0; kind < kinds.Length; kind++)
        {
            double below = 0;
            foreach (IGrouping<string, TensorEntry> type in kinds[kind].GroupBy(tensor => tensor.Type))
            {
                double size = type.Sum(tensor => tensor.Bytes ?? 0) / Megabyte;
                plot.Add.Bar(new Bar
                {
                    Position = kind,
                    ValueBase = below,
                    Value = below + size,
                    FillColor = palette.GetColor(Array.IndexOf(types, type.Key)),
                    LineWidth = 0,
                });
                below += size;
            }
        }

        foreach ((int index, string type) in types.Index())
        {
            double size = tensors.Where(tensor => tensor.Type == type).Sum(tensor => tensor.Bytes ?? 0) / Megabyte;
            plot.Legend.ManualItems.Add(new LegendItem { LabelText = $"{type}: {size:f1} MB", FillColor = palette.GetColor(index) });
        }

        plot.ShowLegend(Alignment.UpperRight);
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. kinds.Select((kind, index) => new Tick(index, kind.Key))]);
        Slant(plot);
        plot.Axes.Margins(bottom: 0);
        return plot;
    }

    /// <summary>A column for each layer; the brighter, the more of its weights have the value.</summary>
    private static Plot DrawValues(IReadOnlyList<ValueHistogram> layers)
    {
        var plot = new Plot();
        plot.Title("values of each layer's matrices, shares on a logarithmic scale");
        plot.YLabel("value");
        if (layers.Count == 0)
        {
            return plot;
        }

        int bins = layers[0].Counts.Count;
        var intensities = new double[bins, layers.Count];
        for (int layer = 0; layer < layers.Count; layer++)
        {
            double total = Math.Max(1, layers[layer].Counts.Sum());
            for (int bin = 0; bin < bins; bin++)
            {
                // The first row is drawn at the top.
                intensities[bins - 1 - bin, layer] = Math.Max(-Decades, Math.Log10(layers[layer].Counts[bin] / total));
            }
        }

        ScottPlot.Plottables.Heatmap map = plot.Add.Heatmap(intensities);
        double range = layers[0].Range;
        map.Position = new CoordinateRect(-0.5, layers.Count - 0.5, -range, range);
        map.Colormap = new ScottPlot.Colormaps.Viridis();
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. layers.Select((layer, index) => new Tick(index, layer.Layer))]);
        Slant(plot);
        plot.Axes.SetLimits(-0.5, layers.Count - 0.5, -range, range);
        return plot;
    }

    private static void Slant(Plot plot)
    {
        plot.Axes.Bottom.TickLabelStyle.Rotation = 35;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
        plot.Axes.Bottom.MinimumSize = 90;
        plot.Axes.Right.MinimumSize = 60;
    }

    private static string KindOf(string tensor)
    {
        string name = tensor.Replace(".weight", "", StringComparison.Ordinal);
        return name.Split('.') is ["blk", var number, .. var rest] && int.TryParse(number, out _) ? string.Join('.', rest) : name;
    }
}
