using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators;

/// <summary><c>x * factor</c>.</summary>
internal readonly struct Factor(float factor) : IValueFunction
{
    public Vector256<float> Invoke(Vector256<float> x) => x * factor;
}
