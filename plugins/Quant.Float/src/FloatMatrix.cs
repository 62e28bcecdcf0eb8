using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Float;

/// <summary>Binds matrices of every element.</summary>
internal static class FloatMatrix
{
    /// <summary>A matrix in panels where the vectors are wide enough for them and the host allows it, otherwise one that reads the file's rows.</summary>
    public static IWeightMatrix Bind<TElement>(in WeightSource source, KernelOptions options)
        where TElement : struct, IElement
    {
        var block = new BlockGeometry(1, TElement.Bytes);
        return options.Repack && options.Simd >= SimdLevel.Avx2
            ? new PackedMatrix(source, block, FloatPanelKernel.For<TElement>(options.Simd))
            : new RowMatrix(source, block, ActivationParts.Values, FloatKernel.For<TElement>(options.Simd));
    }
}
