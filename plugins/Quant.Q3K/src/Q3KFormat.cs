using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Kernels.Quantization;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace Tessera.Quant.Q3K;

[ExportQuantFormat(GgmlType.Q3_K), Shared]
public sealed unsafe class Q3KFormat : CodedFormat<Q3KBlock>, IQuantizer
{
    public GgmlType? Fallback => GgmlType.Q4_0;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &Q3KQuantizer.Quantize);
}
