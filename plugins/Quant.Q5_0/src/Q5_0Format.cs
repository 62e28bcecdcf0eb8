using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Kernels.Quantization;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace Tessera.Quant.Q5_0;

[ExportQuantFormat(GgmlType.Q5_0), Shared]
public sealed unsafe class Q5_0Format : CodedFormat<Q5_0Block>, IQuantizer
{
    public GgmlType? Fallback => GgmlType.F16;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &Q5_0Quantizer.Quantize);
}
