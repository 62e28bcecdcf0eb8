namespace Tessera.Workbench.Evaluation;

/// <summary>Compares each position's prediction with the base model's.</summary>
internal sealed class DivergenceMeter
{
    private RunningMean _baseLogLoss;
    private RunningMean _logLossDifference;
    private RunningMean _klDivergence;
    private RunningMean _probabilityDifference;
    private RunningMean _squaredProbabilityDifference;
    private RunningMean _sameTopToken;

    public DivergenceEstimate Estimate => new()
    {
        BaseLogLoss = _baseLogLoss,
        LogLossDifference = _logLossDifference,
        KlDivergence = _klDivergence,
        ProbabilityDifference = _probabilityDifference,
        SquaredProbabilityDifference = _squaredProbabilityDifference,
        SameTopToken = _sameTopToken,
    };

    /// <summary>One position, on any thread.</summary>
    public static PositionDivergence Measure(ReadOnlySpan<float> logits, in TokenDistribution distribution, LogProbabilityRow row, int target)
    {
        double divergence = 0;
        int best = 0;
        float largest = row[0];
        for (int id = 0; id < logits.Length; id++)
        {
            float logBase = row[id];
            if (logBase > largest)
            {
                (largest, best) = (logBase, id);
            }

            if (logBase > -LogProbabilityRow.Range)
            {
                divergence += MathF.Exp(logBase) * (logBase - logits[id] + distribution.LogOfSum);
            }
        }

        return new PositionDivergence(divergence, -row[target], distribution.LogOfSum - logits[target], best == distribution.Best);
    }

    /// <summary>Takes in a position.</summary>
    public void Add(in PositionDivergence position)
    {
        double difference = Math.Exp(-position.LogLoss) - Math.Exp(-position.BaseLogLoss);
        _klDivergence.Add(position.Divergence);
        _baseLogLoss.Add(position.BaseLogLoss);
        _logLossDifference.Add(position.LogLoss - position.BaseLogLoss);
        _probabilityDifference.Add(difference);
        _squaredProbabilityDifference.Add(difference * difference);
        _sameTopToken.Add(position.SameTopToken ? 1 : 0);
    }
}
