using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Float;

/// <summary>Dot products of rows with F32 activations, in one file per instruction set.</summary>
internal static unsafe partial class FloatKernel
{
    /// <summary>The kernel for an instruction set.</summary>
    public static RowKernel For<TElement>(SimdLevel level)
        where TElement : struct, IElement => level switch
    {
        SimdLevel.Avx512 => new RowKernel(&DotAvx512<TElement>, &DotFourAvx512<TElement>),
        SimdLevel.Avx2 => new RowKernel(&DotAvx2<TElement>, &DotFourAvx2<TElement>),
        SimdLevel.Vector128 => new RowKernel(&DotVector128<TElement>, &DotFourVector128<TElement>),
        _ => new RowKernel(&DotScalar<TElement>, &DotFourScalar<TElement>),
    };
}
