using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Operators.Activations;

/// <summary>A function of single values.</summary>
internal interface IActivation
{
    static abstract float Invoke(float x);

    static abstract Vector256<float> Invoke(Vector256<float> x);
}
