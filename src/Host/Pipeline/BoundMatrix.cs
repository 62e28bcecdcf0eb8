using Tessera.Quantization;

namespace Tessera.Pipeline;

/// <summary>A matrix of a model and the bytes that it has in the file.</summary>
internal readonly record struct BoundMatrix(IWeightMatrix Weights, long FileBytes);
