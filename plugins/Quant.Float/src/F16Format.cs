using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Float;

[ExportQuantFormat(GgmlType.F16), Shared]
public sealed class F16Format : IQuantFormat, IQuantizer
{
    public BlockGeometry Block => new(1, F16Element.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => Widening.All<F16Element>(blocks, values);

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => options switch
    {
        { Repack: true, Simd: SimdLevel.Avx512 } when F16EmittedKernel.Serves(source, options) => Pack(source, F16EmittedKernel.Kernel),
        { Repack: true, Simd: SimdLevel.Avx2 } => Pack(source, F16WidenedKernel.Kernel),
        _ => FloatMatrix.Bind<F16Element>(source, options),
    };

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) => Narrowing.All<F16Element>(row, importance, blocks);

    private PackedMatrix Pack(in WeightSource source, PackedKernel kernel) => new(source, Block, kernel);
}
