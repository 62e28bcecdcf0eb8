using System.Globalization;
using System.Text;
using Tessera.Cli.Display;
using Tessera.Cli.Options;
using Tessera.Generation;

namespace Tessera.Cli.Bench;

/// <summary>Writes figures as a Markdown table with llama-bench's columns, a row when it is measured; with limits two columns more.</summary>
internal sealed class BenchTable(TextWriter output, bool limits)
{
    private static readonly (string Title, int Width, bool Right)[] s_columns =
        [("model", 30, false), ("size", 10, true), ("params", 10, true), ("backend", 21, false), ("threads", 7, true), ("test", 15, true), ("t/s", 20, true)];

    private static readonly (string Title, int Width, bool Right)[] s_limitColumns = [("of limit", 8, true), ("limit", 44, false)];

    private readonly (string Title, int Width, bool Right)[] _columns = limits ? [.. s_columns, .. s_limitColumns] : s_columns;
    private bool _begun;

    public void Write(LanguageModel model, BenchMeasurement measurement)
    {
        string[] cells =
        [
            VisibleText.Line(Path.GetFileNameWithoutExtension(model.Path)),
            Size(model.TensorBytes),
            Count(model.Parameters),
            $"{CommonOptions.NameOf(model.Numerics)}, {CommonOptions.SimdName}",
            model.Threads.ToString(CultureInfo.InvariantCulture),
            measurement.Test.Name,
            measurement.TokensPerSecond.ToString(),
        ];
        if (!_begun)
        {
            WriteHead();
            _begun = true;
        }

        WriteRow(measurement.Share is double share ? [.. cells, string.Create(CultureInfo.InvariantCulture, $"{share:P1}"), Limit(measurement)] : cells);
    }

    private void WriteHead()
    {
        WriteRow([.. _columns.Select(column => column.Title)]);
        WriteRow([.. _columns.Select(column => column.Right ? new string('-', column.Width - 1) + ':' : new string('-', column.Width))]);
    }

    private static string Limit(BenchMeasurement measurement) => string.Create(
        CultureInfo.InvariantCulture,
        $"{measurement.Limit.Mean / 1e9:F1} {(measurement.Test.IsPrompt ? "G/s" : "GB/s")} {measurement.LimitName}");

    private static string Size(long bytes) => bytes < 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):F2} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F2} GiB");

    private static string Count(long parameters) => parameters < 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e6:F2} M")
        : string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e9:F2} B");

    private void WriteRow(string[] cells)
    {
        var line = new StringBuilder("|");
        foreach ((string cell, (_, int width, bool right)) in cells.Zip(_columns))
        {
            line.Append(' ').Append(right ? cell.PadLeft(width) : cell.PadRight(width)).Append(" |");
        }

        output.WriteLine(line);
    }
}
