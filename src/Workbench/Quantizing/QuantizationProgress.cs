namespace Tessera.Workbench.Quantizing;

/// <summary>How far quantization is.</summary>
/// <param name="Tensor">The tensor that is being written.</param>
/// <param name="Elements">Weights that are done.</param>
/// <param name="TotalElements">Weights in the model.</param>
public readonly record struct QuantizationProgress(string Tensor, long Elements, long TotalElements);
