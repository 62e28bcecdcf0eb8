using Tessera.Plugins;

namespace Tessera.Cli.Display;

/// <summary>What of the command line helps with a problem that the engine tells of.</summary>
internal static class Advice
{
    /// <summary>The engine names what a program can set; here that is an option.</summary>
    public static string InOptions(string problem) => problem
        .Replace("(AllowRequantize)", "(--allow-requantize)", StringComparison.Ordinal)
        .Replace("(PreTokenizer)", "(--pre)", StringComparison.Ordinal)
        .Replace("(force)", "(--force)", StringComparison.Ordinal);

    /// <summary>A sentence to follow the problem's, after a space; or nothing.</summary>
    public static string On(Exception problem) => problem switch
    {
        PluginConflictException { Conflict: var conflict } => On(conflict),
        MissingPluginException => " 'tessera plugins' shows what was found and what was rejected.",
        _ => "",
    };

    /// <inheritdoc cref="On(Exception)"/>
    public static string On(PluginConflict conflict) => $" Choose one: {string.Join(" or ", conflict.Choices.Select(use => $"--use {use}"))}.";
}
