using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Guards;
using Tessera.Loading;
using Tessera.Plugins;

namespace Tessera.Workbench.Tensors;

/// <summary>How the weights of a layer's matrices are distributed.</summary>
/// <param name="Layer">The layer's number, or for a matrix outside the layers its name.</param>
/// <param name="Range">Bins go from -range to range, each as wide as the others; values beyond count in the outermost.</param>
/// <param name="Counts">Values in each bin.</param>
public sealed record ValueHistogram(string Layer, double Range, IReadOnlyList<long> Counts)
{
    /// <summary>An odd number: zero lies in the middle of a bin.</summary>
    private const int Bins = 101;

    /// <summary>Four times the root mean square holds all but the outliers.</summary>
    private const double RangeInRms = 4;

    /// <summary>Looks at all matrices of a model, twice: for the range that they have in common, then for the bins.</summary>
    /// <returns>The layers in their order, then what lies outside them.</returns>
    /// <exception cref="MissingPluginException">A matrix' format is not served.</exception>
    public static IReadOnlyList<ValueHistogram> Measure(GgufModelFile file, PluginCatalog plugins, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(plugins);
        var parts = new ModelParts(plugins);
        parts.CheckTensors(file);
        (GgufTensor Tensor, GuardedFormat Format)[] matrices =
            [.. file.Parts.SelectMany(part => part.Tensors).Where(tensor => tensor.Dimensions.Count > 1).Select(tensor => (tensor, parts.FindFormat(tensor)))];

        double squares = 0;
        foreach ((GgufTensor tensor, GuardedFormat format) in matrices)
        {
            DequantizedRows.ForEach(
                tensor, format, () => new double[1], (sum, _, _, values) => sum[0] += SquaresOf(values), sum => squares += sum[0], cancellationToken);
        }

        long count = matrices.Sum(matrix => matrix.Tensor.Elements);
        double rms = count == 0 ? 0 : Math.Sqrt(squares / count);
        double range = rms > 0 && double.IsFinite(rms) ? RangeInRms * rms : 1;
        return
        [
            .. matrices.GroupBy(matrix => LayerOf(matrix.Tensor.Name)).OrderBy(layer => layer.Key.Number).Select(layer =>
            {
                var counts = new long[Bins];
                foreach ((GgufTensor tensor, GuardedFormat format) in layer)
                {
                    DequantizedRows.ForEach(
                        tensor, format, () => new long[Bins], (bins, _, _, values) => Count(values, range, bins), bins => Add(bins, counts), cancellationToken);
                }

                return new ValueHistogram(layer.Key.Name, range, counts);
            }),
        ];
    }

    private static double SquaresOf(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += float.IsFinite(value) ? (double)value * value : 0;
        }

        return sum;
    }

    private static void Count(ReadOnlySpan<float> values, double range, long[] bins)
    {
        double scale = Bins / (2 * range);
        foreach (float value in values)
        {
            if (!float.IsNaN(value))
            {
                bins[(int)Math.Clamp((value + range) * scale, 0, Bins - 1)]++;
            }
        }
    }

    private static void Add(long[] bins, long[] counts)
    {
        for (int bin = 0; bin < Bins; bin++)
        {
            counts[bin] += bins[bin];
        }
    }

    private static (int Number, string Name) LayerOf(string tensor) =>
        tensor.Split('.') is ["blk", var number, ..] && int.TryParse(number, out int layer)
            ? (layer, number)
            : (int.MaxValue, tensor.Replace(".weight", "", StringComparison.Ordinal));
}
