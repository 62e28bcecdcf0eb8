using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary><c>x / (1 + exp(-1.702 x))</c>.</summary>
internal readonly struct GeluQuick : IActivation
{
    private const float Slope = 1.702f;

    public static float Invoke(float x) => x / (1 + MathF.Exp(-Slope * x));

    public static Vector256<float> Invoke(Vector256<float> x) => x / (Vector256<float>.One + Vector256.Exp(-Slope * x));
}
