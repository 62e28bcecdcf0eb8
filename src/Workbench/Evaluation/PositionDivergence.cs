namespace Tessera.Workbench.Evaluation;

/// <summary>Two models' predictions at one position.</summary>
/// <param name="Divergence">The Kullback-Leibler divergence from the base model, in nats.</param>
/// <param name="BaseLogLoss"><c>-ln p</c> of the right token in the base model.</param>
/// <param name="LogLoss">The same in the model.</param>
/// <param name="SameTopToken">Whether both think the same token the likeliest.</param>
internal readonly record struct PositionDivergence(double Divergence, double BaseLogLoss, double LogLoss, bool SameTopToken);
