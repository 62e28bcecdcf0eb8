using Tessera.Architectures;
using Tessera.Runtime.Matrices;

namespace Tessera.Runtime.Experts;

/// <summary>The matrices of a layer's experts.</summary>
/// <param name="weights">A matrix for each.</param>
/// <param name="bias">[count, outputs], or null.</param>
/// <param name="scales">A factor of each product, or null.</param>
internal sealed class MatrixStack(BoundMatrix[] weights, float[]? bias, float[]? scales) : LinearStack
{
    public IReadOnlyList<BoundMatrix> Weights => weights;

    public float[]? Bias => bias;

    public float[]? Scales => scales;
}
