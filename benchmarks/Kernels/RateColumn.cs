using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Tessera.Kernels.Benchmarks;

/// <summary>Multiply-adds per second of a matrix product, to hold against the processor's peak.</summary>
internal sealed class RateColumn : IColumn
{
    public string Id => nameof(RateColumn);

    public string ColumnName => "G multiply-adds/s";

    public string Legend => "Multiply-adds of a matrix product per second, one thread";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        if (benchmarkCase.Descriptor.Type != typeof(MatrixBenchmarks) || summary[benchmarkCase]?.ResultStatistics?.Mean is not double nanoseconds)
        {
            return "-";
        }

        double multiplyAdds = (double)MatrixBenchmarks.Rows * MatrixBenchmarks.Columns * (int)benchmarkCase.Parameters[nameof(MatrixBenchmarks.Tokens)];
        return (multiplyAdds / nanoseconds).ToString("F1", CultureInfo.InvariantCulture);
    }
}
