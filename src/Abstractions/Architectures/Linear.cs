using Tessera.Quantization;

namespace Tessera.Architectures;

/// <summary>A matrix product with an optional scale and bias: <c>y = s W x + b</c>.</summary>
/// <param name="Name">The weight tensor's name.</param>
/// <param name="Weights">W, [outputs, inputs].</param>
/// <param name="Bias">b, [outputs], or null.</param>
/// <param name="Scale">s; some files keep a factor of the whole matrix beside it.</param>
public sealed record Linear(string Name, IWeightMatrix Weights, float[]? Bias, float Scale = 1)
{
    /// <summary>Values per token that go in.</summary>
    public int Inputs => Weights.Columns;

    /// <summary>Values per token that come out.</summary>
    public int Outputs => Weights.Rows;

    /// <summary>The product with the scale on the bias too, <c>y = s (W x + b)</c>: the reference's order in feed-forward networks.</summary>
    public Linear WithScaledBias() => Bias is null || Scale == 1 ? this : this with { Bias = Array.ConvertAll(Bias, b => Scale * b) };
}
