using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
[assembly: PluginContract(2)]

namespace Quant.TQ2_0;

/// <summary>The ternary format of llama.cpp, tensor type 35.</summary>
[ExportQuantFormat((GgmlType)35, Name = "TQ2_0"), Shared]
public sealed unsafe class TQ2_0Format : IQuantFormat, IQuantizer
{
    public BlockGeometry Block => new(TQ2_0Block.Elements, TQ2_0Block.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = Block.CountBlocks(blocks, values);
        fixed (byte* block = blocks)
        fixed (float* value = values)
        {
            for (int i = 0; i < count; i++)
            {
                TQ2_0Block.Dequantize(block + ((long)i * TQ2_0Block.Bytes), value + ((long)i * TQ2_0Block.Elements));
            }
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        new RowMatrix(source, Block, ActivationParts.Quants, TQ2_0Kernel.For(options.Simd));

    public GgmlType? Fallback => GgmlType.Q4_0;

    /// <summary>What columns are worth changes nothing here.</summary>
    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        int count = Block.CountBlocks(blocks, row);
        if (!importance.IsEmpty && importance.Length != row.Length)
        {
            throw new ArgumentException($"the importance of {importance.Length} columns is not that of a row of {row.Length}", nameof(importance));
        }

        for (int i = 0; i < count; i++)
        {
            TQ2_0Block.Quantize(row.Slice(i * TQ2_0Block.Elements, TQ2_0Block.Elements), blocks.Slice(i * TQ2_0Block.Bytes, TQ2_0Block.Bytes));
        }
    }
}
