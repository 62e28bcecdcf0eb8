using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Runtime.Processor;

/// <summary>What the processor and the runtime's settings allow.</summary>
public static class ProcessorFeatures
{
    /// <summary>The best instruction set; <c>DOTNET_EnableAVX512=0</c> and <c>DOTNET_EnableAVX2=0</c> lower it.</summary>
    public static SimdLevel BestSimd { get; } =
        Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported ? SimdLevel.Avx512
        : Avx2.IsSupported && Fma.IsSupported ? SimdLevel.Avx2
        : Vector128.IsHardwareAccelerated ? SimdLevel.Vector128
        : SimdLevel.Scalar;

    /// <summary>An instruction set's name, as people know it.</summary>
    public static string NameOf(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => "AVX-512",
        SimdLevel.Avx2 => "AVX2",
        SimdLevel.Vector128 => "128-bit vectors",
        _ => "scalar",
    };

    /// <summary>Runs assembled kernels, or null where the processor has nothing that is worth it.</summary>
    public static IMachineCode? MachineCode { get; } = NativeCode.Detect();
}
