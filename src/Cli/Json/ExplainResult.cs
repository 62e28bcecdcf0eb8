namespace Tessera.Cli.Json;

/// <summary>What <c>explain --json</c> writes.</summary>
internal sealed record ExplainResult(string Model, IReadOnlyList<StageEntry> Stages, IReadOnlyList<TensorClassEntry> Tensors);
