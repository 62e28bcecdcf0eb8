using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary><c>tanh(x)</c>, by <c>tanh |x| = (1 - e) / (1 + e)</c> with <c>e = exp(-2 |x|)</c>; near zero by its series.</summary>
internal readonly struct Tanh : IActivation
{
    // Below it the difference 1 - e has lost bits, and four terms of the series have none to add.
    private const float NearZero = 0.125f;

    public static float Invoke(float x) => MathF.Tanh(x);

    public static Vector256<float> Invoke(Vector256<float> x)
    {
        Vector256<float> magnitude = Vector256.Abs(x);
        Vector256<float> e = Vector256.Exp(-2 * magnitude);
        Vector256<float> square = x * x;
        Vector256<float> series = x
            * (Vector256<float>.One + (square * (Vector256.Create(-1 / 3f) + (square * (Vector256.Create(2 / 15f) - (square * (17 / 315f)))))));
        Vector256<float> quotient = (Vector256<float>.One - e) / (Vector256<float>.One + e);
        return Vector256.ConditionalSelect(
            Vector256.LessThan(magnitude, Vector256.Create(NearZero)),
            series,
            Vector256.CopySign(quotient, x));
    }
}
