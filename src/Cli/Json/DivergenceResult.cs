using Tessera.Workbench.Evaluation;

namespace Tessera.Cli.Json;

/// <summary>How far a model is from the base model whose logits were saved.</summary>
internal sealed record DivergenceResult
{
    public required double BasePerplexity { get; init; }

    /// <summary>ln(perplexity / base perplexity).</summary>
    public required Estimated LogRatio { get; init; }

    public required Estimated KlDivergence { get; init; }

    public required Estimated SameTopToken { get; init; }

    public required Estimated ProbabilityDifference { get; init; }

    public required double RmsProbabilityDifference { get; init; }

    public static DivergenceResult Of(DivergenceEstimate estimate) => new()
    {
        BasePerplexity = estimate.BasePerplexity,
        LogRatio = Estimated.Of(estimate.LogLossDifference),
        KlDivergence = Estimated.Of(estimate.KlDivergence),
        SameTopToken = Estimated.Of(estimate.SameTopToken),
        ProbabilityDifference = Estimated.Of(estimate.ProbabilityDifference),
        RmsProbabilityDifference = estimate.RmsProbabilityDifference,
    };
}
