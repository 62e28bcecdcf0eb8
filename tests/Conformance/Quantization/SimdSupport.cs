using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;
using Xunit;

namespace Tessera.Conformance.Quantization;

/// <summary>Which instruction sets tests can run here.</summary>
public static class SimdSupport
{
    /// <summary>Null where the level runs, or why it does not.</summary>
    public static string? WhyNot(SimdLevel level)
    {
        bool runs = level switch
        {
            SimdLevel.Scalar => true,
            SimdLevel.Vector128 => Vector128.IsHardwareAccelerated,
            SimdLevel.Avx2 => Avx2.IsSupported && Fma.IsSupported,
            SimdLevel.Avx512 => Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported && Avx512F.VL.IsSupported,
            _ => false,
        };
        return runs ? null : $"this machine, or the runtime as it is configured, has no {level}";
    }

    /// <summary>Skips the running test where the level does not run.</summary>
    public static void Require(SimdLevel level)
    {
        if (WhyNot(level) is { } reason)
        {
            Assert.Skip(reason);
        }
    }
}
