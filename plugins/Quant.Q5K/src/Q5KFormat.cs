using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q5K;

[ExportQuantFormat(GgmlType.Q5_K), Shared]
public sealed unsafe class Q5KFormat : IQuantFormat
{
    public BlockGeometry Block => new(Q5KBlock.Elements, Q5KBlock.Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = blocks.Length / Q5KBlock.Bytes;
        if (blocks.Length != count * Q5KBlock.Bytes || values.Length != (long)count * Q5KBlock.Elements)
        {
            throw new ArgumentException($"{blocks.Length} bytes of Q5_K are not {values.Length} values", nameof(values));
        }

        fixed (byte* block = blocks)
        fixed (float* value = values)
        {
            for (int i = 0; i < count; i++)
            {
                Q5KBlock.Dequantize(block + ((long)i * Q5KBlock.Bytes), value + ((long)i * Q5KBlock.Elements));
            }
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => new Q5KMatrix(source, options.Simd);
}
