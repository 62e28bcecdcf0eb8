using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators;

/// <summary><c>min(max(x, least), largest)</c>; what is not a number stays so.</summary>
internal readonly struct Clamping(float least, float largest) : IValueFunction
{
    public Vector256<float> Invoke(Vector256<float> x) => Vector256.Min(Vector256.Max(x, Vector256.Create(least)), Vector256.Create(largest));
}
