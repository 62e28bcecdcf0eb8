using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Kernels.Quantization;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace Tessera.Quant.Q2K;

[ExportQuantFormat(GgmlType.Q2_K), Shared]
public sealed unsafe class Q2KFormat : CodedFormat<Q2KBlock>, IQuantizer
{
    public GgmlType? Fallback => GgmlType.Q4_0;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &Q2KQuantizer.Quantize);
}
