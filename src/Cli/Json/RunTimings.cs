namespace Tessera.Cli.Json;

/// <summary>Milliseconds and rates of a run. The prompt's time includes the first token.</summary>
internal sealed record RunTimings(double LoadMs, double PromptMs, double GenerateMs, double PromptPerSecond, double GeneratedPerSecond);
