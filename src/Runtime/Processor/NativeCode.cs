using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Runtime.Processor;

/// <summary>Machine code on the processor that the engine runs on.</summary>
internal sealed class NativeCode : IMachineCode
{
    private const int Avx512VnniBit = 11;   // CPUID 7.0 ECX
    private const int Avx512Bf16Bit = 5;    // CPUID 7.1 EAX

    private NativeCode(MachineCodeFeatures features) => Features = features;

    public MachineCodeFeatures Features { get; }

    public bool UsesWindowsConvention => OperatingSystem.IsWindows();

    /// <summary>The service, or null where no instruction is worth it.</summary>
    public static NativeCode? Detect() => DetectFeatures() is not MachineCodeFeatures.None and var features ? new NativeCode(features) : null;

    public ISealedCode? Seal(ReadOnlySpan<byte> code) => ExecutableMemory.TryCreate(code);

    /// <summary>The runtime reports AVX-512 only where the operating system saves its registers, and not where it is switched off.</summary>
    private static MachineCodeFeatures DetectFeatures()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || ProcessorFeatures.BestSimd != SimdLevel.Avx512)
        {
            return MachineCodeFeatures.None;
        }

        (int lastSubLeaf, _, int extended, _) = X86Base.CpuId(7, 0);
        bool bf16 = lastSubLeaf >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << Avx512Bf16Bit)) != 0;
        return ((extended & (1 << Avx512VnniBit)) != 0 ? MachineCodeFeatures.Avx512Vnni : MachineCodeFeatures.None)
            | (bf16 ? MachineCodeFeatures.Avx512Bf16 : MachineCodeFeatures.None);
    }
}
