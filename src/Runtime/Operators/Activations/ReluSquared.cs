using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary><c>max(x, 0)²</c>.</summary>
internal readonly struct ReluSquared : IActivation
{
    public static float Invoke(float x) => Relu.Invoke(x) * Relu.Invoke(x);

    public static Vector256<float> Invoke(Vector256<float> x) => Relu.Invoke(x) * Relu.Invoke(x);
}
