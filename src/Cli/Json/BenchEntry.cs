namespace Tessera.Cli.Json;

/// <summary>A test of <c>bench --json</c>; fields that llama-bench has too are named as there.</summary>
internal sealed record BenchEntry
{
    public required string Test { get; init; }

    public required int NThreads { get; init; }

    public required int NPrompt { get; init; }

    public required int NGen { get; init; }

    public required int NDepth { get; init; }

    /// <summary>Sequences that ran together.</summary>
    public required int NParallel { get; init; }

    public required double AvgTs { get; init; }

    public required double StddevTs { get; init; }

    public required IReadOnlyList<double> SamplesTs { get; init; }

    /// <summary>Multiply-adds of matrix products per token.</summary>
    public required double MultiplyAddsPerToken { get; init; }

    /// <summary>Bytes of matrices read per token; a batch reads them once.</summary>
    public required double WeightBytesPerToken { get; init; }

    /// <summary>Managed bytes per token on the thread that evaluates, and on all threads.</summary>
    public required double ThreadAllocatedPerToken { get; init; }

    public required double TotalAllocatedPerToken { get; init; }

    /// <summary>Null without <c>--limits</c>.</summary>
    public required BenchLimit? Limit { get; init; }
}
