namespace Tessera.Cli.Application;

/// <summary>What the process returns; documented in the README.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A wrong command line, or anything that is not one of the others.</summary>
    public const int Failure = 1;

    /// <summary>An input file that cannot be used.</summary>
    public const int BadInput = 2;

    /// <summary>A format, tokenizer or architecture that no plugin serves, or several do.</summary>
    public const int NoPluginServes = 3;

    /// <summary>Interrupted by the user.</summary>
    public const int Cancelled = 130;

    /// <summary>Whoever read standard output has left; what a shell tells of a process that SIGPIPE ended.</summary>
    public const int ReaderLeft = 141;
}
