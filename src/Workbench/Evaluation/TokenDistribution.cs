namespace Tessera.Workbench.Evaluation;

/// <summary>What a row of logits says about the next token: <c>ln p = logit - ln(sum(exp(logits)))</c>.</summary>
internal readonly struct TokenDistribution
{
    /// <summary>Sums up a row of logits.</summary>
    public TokenDistribution(ReadOnlySpan<float> logits)
    {
        (Smallest, Largest) = (logits[0], logits[0]);
        for (int id = 1; id < logits.Length; id++)
        {
            if (logits[id] > Largest)
            {
                (Largest, Best) = (logits[id], id);
            }

            Smallest = Math.Min(Smallest, logits[id]);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += MathF.Exp(logit - Largest);
        }

        LogOfSum = Largest + Math.Log(sum);
    }

    public float Smallest { get; }

    public float Largest { get; }

    /// <summary>The likeliest token, of equals the first.</summary>
    public int Best { get; }

    public double LogOfSum { get; }
}
