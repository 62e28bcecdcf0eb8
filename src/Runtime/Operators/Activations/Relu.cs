using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary><c>max(x, 0)</c>.</summary>
internal readonly struct Relu : IActivation
{
    public static float Invoke(float x) => MathF.Max(x, 0);

    public static Vector256<float> Invoke(Vector256<float> x) => Vector256.Max(x, Vector256<float>.Zero);
}
