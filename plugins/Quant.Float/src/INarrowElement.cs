using System.Runtime.Intrinsics;

namespace Tessera.Quant.Float;

/// <summary>A floating-point format of 16 bits that a binary32 can be rounded to.</summary>
internal interface INarrowElement : IElement
{
    /// <summary>From the bits of eight binary32 values, each rounded to the nearest, ties to even; in the lower 16 bits of each lane.</summary>
    static abstract Vector256<uint> Narrow(Vector256<uint> bits);
}
