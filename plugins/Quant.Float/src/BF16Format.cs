using System.Composition;
using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Quant.Float;

[ExportQuantFormat(GgmlType.BF16), Shared]
public sealed class BF16Format : IQuantFormat, IQuantizer
{
    public BlockGeometry Block => new(1, BF16Element.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => Widening.All<BF16Element>(blocks, values);

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => FloatMatrix.Bind<BF16Element>(source, options);

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) => Narrowing.All<BF16Element>(row, importance, blocks);
}
