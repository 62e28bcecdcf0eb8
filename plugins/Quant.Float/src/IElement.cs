using System.Runtime.Intrinsics;

namespace Tessera.Quant.Float;

/// <summary>
/// A floating-point format of a single weight: how its bytes widen to binary32, one at a time or by the vector, always exactly. Kernels take it as a
/// type argument, so that each format gets its own code.
/// </summary>
internal unsafe interface IElement
{
    static abstract int Bytes { get; }

    static abstract float Widen(byte* source);

    /// <summary>Four neighbours.</summary>
    static abstract Vector128<float> Widen128(byte* source);

    /// <summary>Eight neighbours; needs AVX2.</summary>
    static abstract Vector256<float> Widen256(byte* source);

    /// <summary>Sixteen neighbours; needs AVX-512.</summary>
    static abstract Vector512<float> Widen512(byte* source);
}
