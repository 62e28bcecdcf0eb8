using Tessera.Workbench.Benchmarking;

namespace Tessera.Cli.Bench;

/// <summary>A test's figures.</summary>
internal sealed class BenchMeasurement(BenchTest test, ForwardCost cost, string limitName)
{
    public BenchTest Test => test;

    /// <summary>What the matrix products of the whole test cost.</summary>
    public ForwardCost Cost => cost;

    public Series TokensPerSecond { get; } = new();

    /// <summary>Of a prompt multiply-adds, of generated tokens bytes read, per second; empty when it was not asked for.</summary>
    public Series Limit { get; } = new();

    /// <summary>Managed bytes per token that the thread which evaluates allocated.</summary>
    public Series ThreadAllocations { get; } = new();

    /// <summary>Managed bytes per token that all threads allocated.</summary>
    public Series TotalAllocations { get; } = new();

    public string LimitName => limitName;

    /// <summary>The limited quantity per token: multiply-adds or bytes.</summary>
    public double LimitedPerToken => (double)(test.IsPrompt ? cost.MultiplyAdds : cost.WeightBytes) / test.Tokens;

    /// <summary>How much of the limit was used; null when it was not measured.</summary>
    public double? Share => Limit.Values.Count == 0 ? null : TokensPerSecond.Mean * LimitedPerToken / Limit.Mean;
}
