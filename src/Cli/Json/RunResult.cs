namespace Tessera.Cli.Json;

/// <summary>What <c>run --json</c> writes.</summary>
internal sealed record RunResult
{
    public required string Model { get; init; }

    public required string Numerics { get; init; }

    public required int Threads { get; init; }

    public required string Simd { get; init; }

    public required ulong? Seed { get; init; }

    public required IReadOnlyList<int> PromptIds { get; init; }

    public required IReadOnlyList<int> Ids { get; init; }

    public required string Text { get; init; }

    public required IReadOnlyList<float> Logprobs { get; init; }

    public required string StopReason { get; init; }

    public required RunTimings Timings { get; init; }
}
