namespace Tessera.Workbench.Evaluation;

/// <summary>How far a model's predictions are from those of a base model on the same tokens; llama-perplexity's measures.</summary>
public sealed record DivergenceEstimate
{
    /// <summary><c>-ln p</c> of the right tokens in the base model.</summary>
    public required RunningMean BaseLogLoss { get; init; }

    /// <summary>The difference of <c>-ln p</c> of the right token, model less base: its mean is <c>ln(perplexity / base perplexity)</c>.</summary>
    public required RunningMean LogLossDifference { get; init; }

    /// <summary>The Kullback-Leibler divergence of a position, <c>sum(p_base * ln(p_base / p))</c>, in nats.</summary>
    public required RunningMean KlDivergence { get; init; }

    /// <summary>The difference of the right token's probability, model less base.</summary>
    public required RunningMean ProbabilityDifference { get; init; }

    /// <summary>The square of that difference.</summary>
    public required RunningMean SquaredProbabilityDifference { get; init; }

    /// <summary>1 where both models think the same token the likeliest, 0 where not.</summary>
    public required RunningMean SameTopToken { get; init; }

    /// <summary>The base model's perplexity.</summary>
    public double BasePerplexity => Math.Exp(BaseLogLoss.Mean);

    /// <summary>The root mean square of the difference of the right token's probability.</summary>
    public double RmsProbabilityDifference => Math.Sqrt(SquaredProbabilityDifference.Mean);
}
