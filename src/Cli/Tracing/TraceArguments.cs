using System.CommandLine;
using System.Globalization;
using Tessera.Cli.Options;
using Tessera.Workbench.Tracing;

namespace Tessera.Cli.Tracing;

/// <summary>The options that say which nodes and tokens are looked at.</summary>
internal static class TraceArguments
{
    public static Option<string?> Node() =>
        new("--node") { Description = "Only the nodes whose names match, with * and ?: 'Qcur-*', '*-2'.", HelpName = "GLOB" };

    public static Option<string?> Positions()
    {
        var option = new Option<string?>("--positions") { Description = "The tokens to look at: the last one, or all.", HelpName = "last|all" };
        return option.OneOf("last", "all");
    }

    public static TracePositions PositionsOf(string? name) => name == "all" ? TracePositions.All : TracePositions.Last;

    public static string NameOf(TracePositions positions) => positions == TracePositions.All ? "all" : "last";

    /// <summary>A number as tables show it: six significant digits.</summary>
    public static string Format(double? value) => value is double number ? number.ToString("g6", CultureInfo.InvariantCulture) : "";

    /// <summary>An error as tables show it.</summary>
    public static string FormatError(double? value) => value switch
    {
        null => "",
        0 => "0",
        double error => error.ToString("0.0e-0", CultureInfo.InvariantCulture),
    };
}
