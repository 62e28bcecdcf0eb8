using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary>
/// <c>x / 2 * (1 + erf(x / sqrt 2))</c>. With <c>z = |x| / sqrt 2</c> the bracket is <c>erfc(z)</c> for negative x and <c>2 - erfc(z)</c> for the others, and
/// <c>erfc(z) = t exp(-z² + p(t))</c> with <c>t = 1 / (1 + z / 2)</c>, p through the eleven Chebyshev nodes of z from 0 to 10.
/// </summary>
internal readonly struct Gelu : IActivation
{
    private const float RootOfHalf = 0.70710678f;

    private static readonly float[] Coefficients =
    [
        -0.15300614f, 1.0375311f, -2.9576526f, 4.492053f, -3.7949106f, 1.8217874f, -0.7776201f, 0.24408712f, 0.35131844f, 1.0019977f, -1.2655853f,
    ];

    public static float Invoke(float x) => Invoke(Vector256.Create(x))[0];

    public static Vector256<float> Invoke(Vector256<float> x)
    {
        Vector256<float> z = Vector256.Abs(x) * RootOfHalf;
        Vector256<float> t = Vector256<float>.One / (Vector256<float>.One + (0.5f * z));
        Vector256<float> p = Vector256<float>.Zero;
        foreach (float coefficient in Coefficients)
        {
            p = (p * t) + Vector256.Create(coefficient);
        }

        Vector256<float> complement = t * Vector256.Exp(p - (z * z));
        Vector256<float> bracket = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), complement, Vector256.Create(2f) - complement);
        return 0.5f * x * bracket;
    }
}
