using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Kernels.Quantization;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace Tessera.Quant.IQ4XS;

[ExportQuantFormat(GgmlType.IQ4_XS), Shared]
public sealed unsafe class IQ4XSFormat : CodedFormat<IQ4XSBlock>, IQuantizer
{
    public GgmlType? Fallback => GgmlType.IQ4_NL;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &IQ4XSQuantizer.Quantize);
}
