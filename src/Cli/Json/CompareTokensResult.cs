namespace Tessera.Cli.Json;

/// <summary>What <c>compare --tokens --json</c> writes.</summary>
internal sealed record CompareTokensResult
{
    public required string Model { get; init; }

    public required string Expected { get; init; }

    public required int Lines { get; init; }

    /// <summary>Lines with any difference.</summary>
    public required int Different { get; init; }

    /// <summary>The first difference of ids, or null.</summary>
    public required TokenDifferenceEntry? First { get; init; }
}
