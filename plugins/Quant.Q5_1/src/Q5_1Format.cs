using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Kernels.Quantization;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace Tessera.Quant.Q5_1;

[ExportQuantFormat(GgmlType.Q5_1), Shared]
public sealed unsafe class Q5_1Format : CodedFormat<Q5_1Block>, IQuantizer
{
    public GgmlType? Fallback => GgmlType.F16;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &Q5_1Quantizer.Quantize);
}
