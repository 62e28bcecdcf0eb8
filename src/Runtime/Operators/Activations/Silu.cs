using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary><c>x / (1 + exp(-x))</c>.</summary>
internal readonly struct Silu : IActivation
{
    public static float Invoke(float x) => x / (1 + MathF.Exp(-x));

    public static Vector256<float> Invoke(Vector256<float> x) => x / (Vector256<float>.One + Vector256.Exp(-x));
}
