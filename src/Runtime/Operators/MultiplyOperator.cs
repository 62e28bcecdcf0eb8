using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators;

/// <summary><c>x * y</c>.</summary>
internal readonly struct MultiplyOperator : IBinaryOperator
{
    public static float Invoke(float x, float y) => x * y;

    public static Vector256<float> Invoke(Vector256<float> x, Vector256<float> y) => x * y;
}
