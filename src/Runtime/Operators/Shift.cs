using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators;

/// <summary><c>x + addend</c>.</summary>
internal readonly struct Shift(float addend) : IValueFunction
{
    public Vector256<float> Invoke(Vector256<float> x) => x + Vector256.Create(addend);
}
