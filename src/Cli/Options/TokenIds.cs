using System.CommandLine;

namespace Tessera.Cli.Options;

/// <summary>The option <c>--ids</c>.</summary>
internal static class TokenIds
{
    public static Option<int[]?> Option(bool required = false) => new("--ids")
    {
        Description = "Token ids, separated by commas.",
        HelpName = "1,2,3",
        Required = required,
        CustomParser = argument => Number.ListOf(argument, 0, int.MaxValue),
    };
}
