using Tessera.Workbench.Evaluation;

namespace Tessera.Cli.Json;

/// <summary>A figure and its standard error.</summary>
internal sealed record Estimated(double Value, double Error)
{
    public static Estimated Of(RunningMean mean) => new(mean.Mean, mean.Error);
}
