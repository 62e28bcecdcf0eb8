using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q8_0;

[ExportQuantFormat(GgmlType.Q8_0), Shared]
public sealed unsafe class Q8_0Format : IQuantFormat
{
    public BlockGeometry Block => new(Q8_0Block.Elements, Q8_0Block.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = blocks.Length / Q8_0Block.Bytes;
        if (blocks.Length != count * Q8_0Block.Bytes || values.Length != (long)count * Q8_0Block.Elements)
        {
            throw new ArgumentException($"{blocks.Length} bytes of Q8_0 are not {values.Length} values", nameof(values));
        }

        fixed (byte* block = blocks)
        fixed (float* value = values)
        {
            for (int i = 0; i < count; i++)
            {
                Q8_0Block.Dequantize(block + ((long)i * Q8_0Block.Bytes), value + ((long)i * Q8_0Block.Elements));
            }
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => new Q8_0Matrix(source, options.Simd);
}
