namespace Tessera.Cli.Json;

/// <summary>What <c>trace --json</c> and <c>--out</c> write, and <c>compare</c> reads.</summary>
internal sealed record TraceResult
{
    public required string Model { get; init; }

    public required string? Numerics { get; init; }

    /// <summary><c>last</c> or <c>all</c>.</summary>
    public required string Positions { get; init; }

    public required IReadOnlyList<int>? Tokens { get; init; }

    public required IReadOnlyList<TraceEntry> Nodes { get; init; }
}
