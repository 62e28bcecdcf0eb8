using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary>xIELU (Huang and Schlag 2024): <c>αp x² + β x</c> for positive x, otherwise <c>αn (exp(min(x, ε)) - 1 - x) + β x</c>.</summary>
internal readonly struct Xielu(float alphaP, float alphaN, float beta, float epsilon) : IValueFunction
{
    public Vector256<float> Invoke(Vector256<float> x)
    {
        Vector256<float> negative = ExpMinusOne(Vector256.Min(x, Vector256.Create(epsilon))) - x;
        Vector256<float> curve = Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<float>.Zero), alphaP * x * x, alphaN * negative);
        return curve + (beta * x);
    }

    /// <summary><c>exp(x) - 1 = (u - 1) x / log(u)</c> for the u that exp(x) is rounded to.</summary>
    private static Vector256<float> ExpMinusOne(Vector256<float> x)
    {
        Vector256<float> u = Vector256.Exp(x);
        Vector256<float> difference = u - Vector256<float>.One;
        Vector256<float> quotient = Vector256.ConditionalSelect(Vector256.Equals(difference, Vector256<float>.Zero), x, difference * x / Vector256.Log(u));
        return Vector256.ConditionalSelect(Vector256.Equals(difference, -Vector256<float>.One), difference, quotient);
    }
}
