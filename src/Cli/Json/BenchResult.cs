namespace Tessera.Cli.Json;

/// <summary>What <c>bench --json</c> writes.</summary>
internal sealed record BenchResult
{
    public required string Model { get; init; }

    /// <summary>Bytes of the tensors.</summary>
    public required long ModelSize { get; init; }

    /// <summary>Values in the tensors.</summary>
    public required long ModelNParams { get; init; }

    public required string Numerics { get; init; }

    public required string Simd { get; init; }

    /// <summary>From the start of the process to the first token's logits.</summary>
    public required double FirstTokenMs { get; init; }

    /// <summary>The most memory that was resident, without what measuring limits took; null where the system does not say.</summary>
    public required long? PeakWorkingSet { get; init; }

    public required IReadOnlyList<BenchEntry> Tests { get; init; }
}
