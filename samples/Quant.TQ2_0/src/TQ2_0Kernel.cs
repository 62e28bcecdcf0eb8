using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Quant.TQ2_0;

/// <summary>
/// Dot products of a row with tokens of Q8 activations, in one file per instruction set. Integers are multiplied and added exactly over a sub-block
/// of 32 columns; from there on it is floating point.
/// </summary>
internal static unsafe partial class TQ2_0Kernel
{
    /// <summary>The kernel for an instruction set. AVX-512 has no version of its own.</summary>
    public static RowKernel For(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 or SimdLevel.Avx2 => new RowKernel(&DotAvx2, &DotFourAvx2) { Simd = SimdLevel.Avx2 },
        SimdLevel.Vector128 => new RowKernel(&DotVector128, &DotFourVector128) { Simd = SimdLevel.Vector128 },
        _ => new RowKernel(&DotScalar, &DotFourScalar) { Simd = SimdLevel.Scalar },
    };
}
