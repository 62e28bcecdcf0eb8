using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Kernels.Quantization;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace Tessera.Quant.IQ4NL;

[ExportQuantFormat(GgmlType.IQ4_NL), Shared]
public sealed unsafe class IQ4NLFormat : CodedFormat<IQ4NLBlock>, IQuantizer
{
    public GgmlType? Fallback => GgmlType.F16;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &IQ4NLQuantizer.Quantize);
}
