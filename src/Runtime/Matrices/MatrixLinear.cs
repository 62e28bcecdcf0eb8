using Tessera.Architectures;

namespace Tessera.Runtime.Matrices;

/// <summary>A matrix product: <c>y = s W x + b</c>.</summary>
/// <param name="weights">W.</param>
/// <param name="bias">b, or null.</param>
/// <param name="scale">s; where it is of the bias too, that was multiplied already.</param>
internal sealed class MatrixLinear(BoundMatrix weights, float[]? bias = null, float scale = 1) : Linear
{
    public BoundMatrix Weights => weights;

    public float[]? Bias => bias;

    public float Scale => scale;
}
