using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels;
using Tessera.Kernels.Quantization;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace Company_Plugin;

[ExportQuantFormat((GgmlType)Type, Name = "TOY4"), Shared]
public sealed unsafe class Toy4Format : IQuantFormat, IQuantizer
{
    /// <summary>The tensor type's number in GGUF files: of a format of your own one that nobody else has.</summary>
    public const uint Type = TYPE_NUMBER;

    public BlockGeometry Block => new(Toy4Block.Elements, Toy4Block.Bytes);

    /// <summary>The definition of the format. With it alone a model already runs in <c>--numerics exact</c>.</summary>
    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = Block.CountBlocks(blocks, values);
        fixed (byte* block = blocks)
        fixed (float* value = values)
        {
            for (int i = 0; i < count; i++)
            {
                Toy4Block.Dequantize(block + ((long)i * Toy4Block.Bytes), value + ((long)i * Toy4Block.Elements));
            }
        }
    }

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks) =>
        RowQuantizer.Quantize(Block, row, importance, blocks, &Toy4Quantizer.Quantize);

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        new RowMatrix(source, Block, ActivationParts.Quants, Toy4Kernel.For(options.Simd));
}
