using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Kernels.Quantization;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace Tessera.Quant.Q4_0;

[ExportQuantFormat(GgmlType.Q4_0), Shared]
public sealed unsafe class Q4_0Format : CodedFormat<Q4_0Block>, IQuantizer
{
    public GgmlType? Fallback => GgmlType.F16;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &Q4_0Quantizer.Quantize);
}
