using Tessera.Numerics;

namespace Tessera.Workbench.Benchmarking;

/// <summary>8-bit integers with AVX-512 VNNI, which .NET has no intrinsics for: four products, added as 32 bits.</summary>
/// <param name="code">The loop, sealed.</param>
internal sealed unsafe class VnniLoop512(ISealedCode code) : MultiplyAddLoop
{
    // Of the registers that belong to nobody in either calling convention.
    private static ReadOnlySpan<byte> FromSystemV =>
    [
        0x48, 0x89, 0xF9,                                // mov rcx, rdi    weights
        0x48, 0x89, 0xF2,                                // mov rdx, rsi    rounds
    ];

    private static ReadOnlySpan<byte> Loop =>
    [
        0x48, 0x89, 0xC8,                                // round: mov rax, rcx
        0x41, 0xB8, Vectors / 2, 0x00, 0x00, 0x00,       // mov r8d, 32
        0x62, 0x61, 0x7E, 0x48, 0x6F, 0x00,              // pair: vmovdqu32 zmm24, [rax]
        0x62, 0x61, 0x7E, 0x48, 0x6F, 0x48, 0x01,        // vmovdqu32 zmm25, [rax + 64]
        0x62, 0x82, 0x3D, 0x40, 0x50, 0xC2,              // vpdpbusd zmm16, zmm24, zmm26
        0x62, 0x82, 0x3D, 0x40, 0x50, 0xCB,              // vpdpbusd zmm17, zmm24, zmm27
        0x62, 0x82, 0x3D, 0x40, 0x50, 0xD4,              // vpdpbusd zmm18, zmm24, zmm28
        0x62, 0x82, 0x3D, 0x40, 0x50, 0xDD,              // vpdpbusd zmm19, zmm24, zmm29
        0x62, 0x82, 0x35, 0x40, 0x50, 0xE2,              // vpdpbusd zmm20, zmm25, zmm26
        0x62, 0x82, 0x35, 0x40, 0x50, 0xEB,              // vpdpbusd zmm21, zmm25, zmm27
        0x62, 0x82, 0x35, 0x40, 0x50, 0xF4,              // vpdpbusd zmm22, zmm25, zmm28
        0x62, 0x82, 0x35, 0x40, 0x50, 0xFD,              // vpdpbusd zmm23, zmm25, zmm29
        0x48, 0x05, 0x80, 0x00, 0x00, 0x00,              // add rax, 128
        0x41, 0xFF, 0xC8,                                // dec r8d
        0x75, 0xB8,                                      // jne pair
        0x48, 0xFF, 0xCA,                                // dec rdx
        0x75, 0xAA,                                      // jne round
        0xC5, 0xF8, 0x77,                                // vzeroupper
        0xC3,                                            // ret
    ];

    public override string Name => "vpdpbusd, 512 bits";

    protected override int Lanes => 64;

    /// <summary>The loop, or null where the processor lacks the instruction or the system refuses executable memory.</summary>
    public static VnniLoop512? TryCreate(IMachineCode? machineCode)
    {
        if (machineCode is null || !machineCode.Features.HasFlag(MachineCodeFeatures.Avx512Vnni))
        {
            return null;
        }

        return machineCode.Seal(machineCode.UsesWindowsConvention ? Loop : [.. FromSystemV, .. Loop]) is ISealedCode code ? new VnniLoop512(code) : null;
    }

    protected override long Run(byte* weights, int rounds)
    {
        ((delegate* unmanaged<byte*, nint, void>)code.Address)(weights, rounds);
        return 0;
    }
}
