using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels;
using Tessera.Kernels.Quantization;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
[assembly: PluginContract(2)]

namespace Tessera.Quant.Q6K;

[ExportQuantFormat(GgmlType.Q6_K), Shared]
public sealed unsafe class Q6KFormat : IQuantFormat, IQuantizer
{
    public BlockGeometry Block => new(Q6KBlock.Elements, Q6KBlock.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = Block.CountBlocks(blocks, values);
        fixed (byte* block = blocks)
        fixed (float* value = values)
        {
            for (int i = 0; i < count; i++)
            {
                Q6KBlock.Dequantize(block + ((long)i * Q6KBlock.Bytes), value + ((long)i * Q6KBlock.Elements));
            }
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        options.Repack && options.Simd >= SimdLevel.Avx2
            ? new PackedMatrix(source, Block, AssembledKernel.Over<Q6KTileAssembler>(Q6KPanelKernel.For(options.Simd), options))
            : new RowMatrix(source, Block, ActivationParts.Quants, Q6KKernel.For(options.Simd));

    public GgmlType? Fallback => GgmlType.Q8_0;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &Q6KQuantizer.Quantize);
}
