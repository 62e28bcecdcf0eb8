namespace Tessera.Cli.Json;

/// <summary>What <c>perplexity --json</c> writes.</summary>
internal sealed record PerplexityResult
{
    public required string Model { get; init; }

    public required string Numerics { get; init; }

    public required int ContextLength { get; init; }

    public required int Windows { get; init; }

    public required long Tokens { get; init; }

    public required Estimated Perplexity { get; init; }

    /// <summary>Null without saved logits.</summary>
    public required DivergenceResult? Divergence { get; init; }
}
