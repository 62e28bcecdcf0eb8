using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Kernels.Quantization;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace Tessera.Quant.MXFP4;

[ExportQuantFormat(GgmlType.MXFP4), Shared]
public sealed unsafe class MXFP4Format : CodedFormat<MXFP4Block>, IQuantizer
{
    public GgmlType? Fallback => GgmlType.F16;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &MXFP4Quantizer.Quantize);
}
