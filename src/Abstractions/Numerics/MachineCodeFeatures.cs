namespace Tessera.Numerics;

/// <summary>Instructions that the processor and the operating system support and that the runtime has no intrinsics for.</summary>
[Flags]
public enum MachineCodeFeatures
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>AVX-512 VNNI: <c>vpdpbusd</c> and <c>vpdpwssd</c> on 512 bits.</summary>
    Avx512Vnni = 1,

    /// <summary>AVX-512 BF16: <c>vdpbf16ps</c> on 512 bits.</summary>
    Avx512Bf16 = 2,
}
