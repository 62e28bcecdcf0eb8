namespace Tessera.Workbench.Evaluation;

/// <summary>What is known after some windows of a text.</summary>
/// <param name="Window">Windows so far.</param>
/// <param name="Windows">Windows in all.</param>
/// <param name="ContextLength">Tokens in a window.</param>
/// <param name="LogLoss">The mean of <c>-ln p</c> of the right tokens, and how many they were.</param>
/// <param name="Divergence">How far the model is from the one whose logits were saved; null where none were given.</param>
public sealed record PerplexityEstimate(int Window, int Windows, int ContextLength, RunningMean LogLoss, DivergenceEstimate? Divergence)
{
    /// <summary><c>exp</c> of the mean loss: among how many equally likely tokens the model seems to choose.</summary>
    public double Perplexity => Math.Exp(LogLoss.Mean);

    /// <summary>The perplexity's standard error.</summary>
    public double Error => Perplexity * LogLoss.Error;
}
