using Tessera.Gguf;
using Tessera.Quantization;

namespace TestPlugins;

/// <summary>A byte for each weight, in steps of 1/32, in blocks of some length.</summary>
public abstract class BytesFormat(int elements, GgmlType? fallback) : IQuantFormat, IQuantizer
{
    public BlockGeometry Block => new(elements, elements);

    public GgmlType? Fallback => fallback;

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            values[i] = (sbyte)blocks[i] / 32f;
        }
    }

    public virtual void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        for (int i = 0; i < row.Length; i++)
        {
            blocks[i] = (byte)(sbyte)Math.Clamp(MathF.Round(row[i] * 32), -127, 127);
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => throw new NotSupportedException();
}
