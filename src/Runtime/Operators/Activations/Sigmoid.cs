using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary><c>1 / (1 + exp(-x))</c>.</summary>
internal readonly struct Sigmoid : IActivation
{
    public static float Invoke(float x) => 1 / (1 + MathF.Exp(-x));

    public static Vector256<float> Invoke(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(-x));
}
