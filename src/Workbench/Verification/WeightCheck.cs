using System.Globalization;
using Tessera.Gguf;
using Tessera.Guards;
using Tessera.Loading;
using Tessera.Quantization;
using Tessera.Workbench.Explaining;
using Tessera.Workbench.Tensors;

namespace Tessera.Workbench.Verification;

/// <summary>Looks at every value of every tensor.</summary>
internal sealed class WeightCheck(GgufModelFile file, ModelParts parts)
{
    private long _blocks;

    public VerificationCheck Run(IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var zeroRows = new List<(GgufTensor Tensor, BlockStatistics Seen)>();
        long done = 0;
        long total = file.Elements;
        foreach (GgufTensor tensor in file.Parts.SelectMany(part => part.Tensors))
        {
            try
            {
                GuardedFormat format = parts.FindFormat(tensor);
                BlockStatistics seen = Look(tensor, format, format.Block, cancellationToken);
                _blocks += seen.Blocks;
                findings.AddRange(FaultsOf(tensor, seen, format.Block));
                if (tensor.Dimensions.Count > 1 && seen.ZeroRows > 0 && seen.ZeroRows < seen.Rows)
                {
                    zeroRows.Add((tensor, seen));
                }
            }
            catch (TesseraException e)
            {
                findings.Add(Finding.Of(e));
            }

            done = Math.Min(total - tensor.Elements, done) + tensor.Elements;
            progress?.Report(new LoadProgress(done, total));
        }

        findings.AddRange(zeroRows.GroupBy(pair => TensorClass.Of(pair.Tensor).Name).Select(group => Remark([.. group])));
        return new VerificationCheck(
            "weights", string.Create(CultureInfo.InvariantCulture, $"{file.Tensors.Count} tensors, {_blocks:N0} blocks, {total:N0} values"), findings);
    }

    private static IEnumerable<Finding> FaultsOf(GgufTensor tensor, BlockStatistics statistics, BlockGeometry block)
    {
        if (statistics.NotFinite > 0)
        {
            yield return Finding.Fault(
                $"{Place(tensor)}: {Count(statistics.NotFinite, "value is", "values are")} no finite number, "
                + $"the first in {PlaceOf(statistics.FirstNotFinite, tensor, block)}.");
        }

        bool isMatrix = tensor.Dimensions.Count > 1;
        if (isMatrix && statistics.FindAbsurdBlocks() is var (count, first, magnitude, usual))
        {
            yield return Finding.Fault(string.Create(
                CultureInfo.InvariantCulture,
                $"{Place(tensor)}: {Count(count, "block has a scale", "blocks have scales")} far beyond the others', the first, "
                + $"{PlaceOf(first * block.Elements, tensor, block)}, reaches {magnitude:g3}, half of all blocks stay below {2 * usual:g3}."));
        }

        if (isMatrix && statistics.ZeroRows == statistics.Rows)
        {
            yield return Finding.Fault($"{Place(tensor)}: all values are zero.");
        }
    }

    /// <summary>Rows of zeros are padding more often than damage, and then in every layer.</summary>
    private static Finding Remark((GgufTensor Tensor, BlockStatistics Seen)[] layers) => Finding.Remark(
        $"{Place(layers[0].Tensor)}: {Count(layers[0].Seen.ZeroRows, "row is", "rows are")} all zeros, "
        + $"the first is row {layers[0].Seen.FirstZeroRow}{(layers.Length == 1 ? "." : $"; and so on in {layers.Length - 1} more layers.")}");

    private static BlockStatistics Look(GgufTensor tensor, GuardedFormat format, BlockGeometry block, CancellationToken cancellationToken)
    {
        var statistics = new BlockStatistics();
        DequantizedRows.ForEach(
            tensor,
            format,
            () => new BlockStatistics(),
            (seen, row, column, values) => seen.Add(row, column, tensor.Dimensions[0], values, block.Elements),
            statistics.Add,
            cancellationToken);
        return statistics;
    }

    private static string Place(GgufTensor tensor) => $"{tensor.File.Name}: tensor '{tensor.Name}'";

    private static string PlaceOf(long value, GgufTensor tensor, BlockGeometry block)
    {
        (long row, long column) = Math.DivRem(value, tensor.Dimensions[0]);
        long offset = tensor.Offset + (value / block.Elements * block.Bytes);
        return block.Elements == 1 ? $"row {row}, column {column} (byte {offset})" : $"row {row}, block {column / block.Elements} (byte {offset})";
    }

    private static string Count(long count, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : several)}");
}
