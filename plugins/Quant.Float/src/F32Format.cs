using System.Composition;
using System.Runtime.InteropServices;
using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Quant.Float;

[ExportQuantFormat(GgmlType.F32), Shared]
public sealed class F32Format : IQuantFormat, IQuantizer
{
    public BlockGeometry Block => new(1, F32Element.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => Widening.All<F32Element>(blocks, values);

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => FloatMatrix.Bind<F32Element>(source, options);

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        Narrowing.CheckLengths(row, importance, blocks, F32Element.Bytes);
        MemoryMarshal.AsBytes(row).CopyTo(blocks);
    }
}
