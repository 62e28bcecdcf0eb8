using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels;
using Tessera.Kernels.Quantization;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
[assembly: PluginContract(2)]

namespace Tessera.Quant.Q8_0;

[ExportQuantFormat(GgmlType.Q8_0), Shared]
public sealed unsafe class Q8_0Format : IQuantFormat, IQuantizer
{
    public BlockGeometry Block => new(Q8_0Block.Elements, Q8_0Block.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = Block.CountBlocks(blocks, values);
        fixed (byte* block = blocks)
        fixed (float* value = values)
        {
            for (int i = 0; i < count; i++)
            {
                Q8_0Block.Dequantize(block + ((long)i * Q8_0Block.Bytes), value + ((long)i * Q8_0Block.Elements));
            }
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        options.Repack && options.Simd >= SimdLevel.Avx2
            ? new PackedMatrix(source, Block, AssembledKernel.Over<Q8_0TileAssembler>(Q8_0PanelKernel.For(options.Simd), options))
            : new RowMatrix(source, Block, ActivationParts.Quants, Q8_0Kernel.For(options.Simd));

    public GgmlType? Fallback => GgmlType.F16;

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &Q8_0Quantizer.Quantize);
}
