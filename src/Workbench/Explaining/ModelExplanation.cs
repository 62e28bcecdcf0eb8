namespace Tessera.Workbench.Explaining;

/// <summary>What a model would run with, and why.</summary>
/// <param name="Path">The model's file.</param>
/// <param name="Stages">The choices, in the order in which they are made.</param>
/// <param name="Tensors">The tensors, those together that differ in their layer alone.</param>
public sealed record ModelExplanation(string Path, IReadOnlyList<ExplainedStage> Stages, IReadOnlyList<ExplainedTensors> Tensors);
