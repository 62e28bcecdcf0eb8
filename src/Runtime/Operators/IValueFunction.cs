using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators;

/// <summary>A function of single values that has numbers of its own.</summary>
internal interface IValueFunction
{
    Vector256<float> Invoke(Vector256<float> x);
}
