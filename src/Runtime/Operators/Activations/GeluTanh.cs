using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary><c>x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x³)))</c>, which is x times the logistic function of twice that argument.</summary>
internal readonly struct GeluTanh : IActivation
{
    private const float TwiceRootOfTwoByPi = 1.5957691216f;
    private const float Cubic = 0.044715f;

    public static float Invoke(float x) => x / (1 + MathF.Exp(-TwiceRootOfTwoByPi * x * (1 + (Cubic * x * x))));

    public static Vector256<float> Invoke(Vector256<float> x) =>
        x / (Vector256<float>.One + Vector256.Exp(-TwiceRootOfTwoByPi * x * (Vector256<float>.One + (Cubic * x * x))));
}
