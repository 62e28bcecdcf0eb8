using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q8_0;

[ExportQuantFormat(GgmlType.Q8_0), Shared]
public sealed class Q8_0Format : IQuantFormat
{
    public BlockGeometry Block => new(32, 34);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => throw new NotSupportedException();

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => throw new NotSupportedException();
}
