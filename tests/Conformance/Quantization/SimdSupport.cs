using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;
using Tessera.Runtime.Processor;
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

    /// <summary>Null where the binding works, or why it does not.</summary>
    public static string? WhyNot(Binding binding) =>
        binding == Binding.Assembled && ProcessorFeatures.MachineCode is null
            ? "the processor has no instructions that are worth assembling for, or they are switched off"
            : null;

    /// <summary>Skips the running test where the level does not run.</summary>
    public static void Require(SimdLevel level) => Require(WhyNot(level));

    /// <summary>Skips the running test where the binding does not work.</summary>
    public static void Require(Binding binding) => Require(WhyNot(binding));

    private static void Require(string? whyNot)
    {
        if (whyNot is not null)
        {
            Assert.Skip(whyNot);
        }
    }
}
