using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q4K;

[ExportQuantFormat(GgmlType.Q4_K), Shared]
public sealed unsafe class Q4KFormat : IQuantFormat
{
    public BlockGeometry Block => new(Q4KBlock.Elements, Q4KBlock.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = blocks.Length / Q4KBlock.Bytes;
        if (blocks.Length != count * Q4KBlock.Bytes || values.Length != (long)count * Q4KBlock.Elements)
        {
            throw new ArgumentException($"{blocks.Length} bytes of Q4_K are not {values.Length} values", nameof(values));
        }

        fixed (byte* block = blocks)
        fixed (float* value = values)
        {
            for (int i = 0; i < count; i++)
            {
                Q4KBlock.Dequantize(block + ((long)i * Q4KBlock.Bytes), value + ((long)i * Q4KBlock.Elements));
            }
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => new Q4KMatrix(source, options.Simd);
}
