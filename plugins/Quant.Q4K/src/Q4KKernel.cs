using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Q4K;

/// <summary>Dot products of rows with encoded activations, in one file per instruction set.</summary>
internal static unsafe partial class Q4KKernel
{
    /// <summary>The kernel for an instruction set.</summary>
    public static RowKernel For(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => new RowKernel(&DotAvx512, &DotFourAvx512) { Simd = SimdLevel.Avx512 },
        SimdLevel.Avx2 => new RowKernel(&DotAvx2, &DotFourAvx2) { Simd = SimdLevel.Avx2 },
        SimdLevel.Vector128 => new RowKernel(&DotVector128, &DotFourVector128) { Simd = SimdLevel.Vector128 },
        _ => new RowKernel(&DotScalar, &DotFourScalar) { Simd = SimdLevel.Scalar },
    };
}
