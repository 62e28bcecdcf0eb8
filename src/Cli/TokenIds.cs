using System.CommandLine;
using System.Globalization;

namespace Tessera.Cli;

/// <summary>The option <c>--ids</c>.</summary>
internal static class TokenIds
{
    public static Option<string?> Option(bool required = false) => new("--ids") { Description = "Token ids, separated by commas.", HelpName = "1,2,3", Required = required };

    public static int[] Parse(string list)
    {
        string[] parts = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            throw new TesseraException("--ids holds no token id.");
        }

        return Array.ConvertAll(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? id
            : throw new TesseraException($"--ids: '{part}' is not a token id."));
    }
}
