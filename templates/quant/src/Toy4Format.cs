using System.Composition;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Company.Plugin;

[ExportQuantFormat((GgmlType)Type, Name = "TOY4"), Shared]
public sealed unsafe class Toy4Format : IQuantFormat
{
    /// <summary>The tensor type's number in GGUF files. Take one that nobody else has.</summary>
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

    /// <summary>What the engine never needs, but whoever makes models.</summary>
    public static void Quantize(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        for (int i = 0; i < values.Length / Toy4Block.Elements; i++)
        {
            Toy4Block.Quantize(values.Slice(i * Toy4Block.Elements, Toy4Block.Elements), blocks.Slice(i * Toy4Block.Bytes, Toy4Block.Bytes));
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        new RowMatrix(source, Block, ActivationEncoding.Q8, Toy4Kernel.For(options.Simd));
}
