using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary><c>f(x) * y</c> (Shazeer 2020).</summary>
internal readonly struct GatedBy<TActivation> : IBinaryOperator
    where TActivation : struct, IActivation
{
    public static float Invoke(float x, float y) => TActivation.Invoke(x) * y;

    public static Vector256<float> Invoke(Vector256<float> x, Vector256<float> y) => TActivation.Invoke(x) * y;
}
