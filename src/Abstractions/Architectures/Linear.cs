using Tessera.Quantization;

namespace Tessera.Architectures;

/// <summary>A matrix product with an optional bias: <c>y = W x + b</c>.</summary>
/// <param name="Name">The weight tensor's name.</param>
/// <param name="Weights">W, [outputs, inputs].</param>
/// <param name="Bias">b, [outputs], or null.</param>
public sealed record Linear(string Name, IWeightMatrix Weights, float[]? Bias)
{
    /// <summary>Values per token that go in.</summary>
    public int Inputs => Weights.Columns;

    /// <summary>Values per token that come out.</summary>
    public int Outputs => Weights.Rows;
}
