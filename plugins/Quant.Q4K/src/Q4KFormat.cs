using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels;
using Tessera.Kernels.Quantization;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
[assembly: PluginContract(2)]

namespace Tessera.Quant.Q4K;

[ExportQuantFormat(GgmlType.Q4_K), Shared]
public sealed unsafe class Q4KFormat : IQuantFormat, IQuantizer
{
    public BlockGeometry Block => new(Q4KBlock.Elements, Q4KBlock.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = Block.CountBlocks(blocks, values);
        fixed (byte* block = blocks)
        fixed (float* value = values)
        {
            for (int i = 0; i < count; i++)
            {
                Q4KBlock.Dequantize(block + ((long)i * Q4KBlock.Bytes), value + ((long)i * Q4KBlock.Elements));
            }
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        options.Repack && options.Simd != SimdLevel.Scalar
            ? new PackedMatrix(source, Block, AssembledKernel.Over<Q4KTileAssembler>(Q4KPanelKernel.For(options.Simd), options))
            : new RowMatrix(source, Block, ActivationParts.Quants | ActivationParts.Sums, Q4KKernel.For(options.Simd));

    public GgmlType? Fallback => GgmlType.Q5_0;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &Q4KQuantizer.Quantize);
}
