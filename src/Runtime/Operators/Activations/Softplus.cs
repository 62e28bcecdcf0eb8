using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary><c>log(1 + exp(x))</c>, which is <c>max(x, 0) + log(1 + exp(-|x|))</c>.</summary>
internal readonly struct Softplus : IActivation
{
    public static float Invoke(float x) => Invoke(Vector256.Create(x))[0];

    public static Vector256<float> Invoke(Vector256<float> x)
    {
        Vector256<float> e = Vector256.Exp(-Vector256.Abs(x));

        // log(1 + e) = log(u) e / (u - 1) for the u that 1 + e is rounded to.
        Vector256<float> u = Vector256<float>.One + e;
        Vector256<float> difference = u - Vector256<float>.One;
        Vector256<float> log = Vector256.ConditionalSelect(Vector256.Equals(difference, Vector256<float>.Zero), e, Vector256.Log(u) * e / difference);
        return Vector256.Max(x, Vector256<float>.Zero) + log;
    }
}
