namespace Tessera.Numerics;

/// <summary>The instruction sets that a kernel may use, each with those before it.</summary>
public enum SimdLevel
{
    /// <summary>None: the definition of the format, one value at a time.</summary>
    Scalar,
    /// <summary>Portable 128-bit vectors (<see cref="System.Runtime.Intrinsics.Vector128"/>): ARM64 and every x86-64 processor.</summary>
    Vector128,
    /// <summary>AVX2 and FMA, 256 bits.</summary>
    Avx2,
    /// <summary>AVX-512 F, BW, DQ and VL, 512 bits.</summary>
    Avx512,
}
