using System.Composition;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Float;

[ExportQuantFormat(GgmlType.F16), Shared]
public sealed class F16Format : IQuantFormat
{
    public BlockGeometry Block => new(1, F16Element.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => Widening.All<F16Element>(blocks, values);

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        new RowMatrix(source, Block, ActivationEncoding.F32, FloatKernel.For<F16Element>(options.Simd));
}
