using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

/// <summary>Dot products of rows with F32 activations, in one file per instruction set.</summary>
internal static unsafe partial class FloatKernel
{
    /// <summary>The kernel for an instruction set.</summary>
    public static RowKernel For<TElement>(SimdLevel level)
        where TElement : struct, IElement => level switch
        {
            SimdLevel.Avx512 => new RowKernel(&DotAvx512<TElement>, &DotFourAvx512<TElement>) { Simd = SimdLevel.Avx512 },
            SimdLevel.Avx2 => new RowKernel(&DotAvx2<TElement>, &DotFourAvx2<TElement>) { Simd = SimdLevel.Avx2 },
            SimdLevel.Vector128 => new RowKernel(&DotVector128<TElement>, &DotFourVector128<TElement>) { Simd = SimdLevel.Vector128 },
            _ => new RowKernel(&DotScalar<TElement>, &DotFourScalar<TElement>) { Simd = SimdLevel.Scalar },
        };
}
