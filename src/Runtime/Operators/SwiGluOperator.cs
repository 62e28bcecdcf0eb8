using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators;

/// <summary><c>silu(x) * y</c> with <c>silu(x) = x / (1 + exp(-x))</c> (Shazeer 2020).</summary>
internal readonly struct SwiGluOperator : IBinaryOperator
{
    public static float Invoke(float x, float y) => x / (1 + MathF.Exp(-x)) * y;

    public static Vector256<float> Invoke(Vector256<float> x, Vector256<float> y) => x / (Vector256<float>.One + Vector256.Exp(-x)) * y;
}
