using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators;

/// <summary>An operation on two values at a time, the first of which it replaces.</summary>
internal interface IBinaryOperator
{
    static abstract float Invoke(float x, float y);

    static abstract Vector256<float> Invoke(Vector256<float> x, Vector256<float> y);
}
