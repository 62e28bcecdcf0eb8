using Tessera.Quantization;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Four weights in four signed bytes, each a quarter of its byte.</summary>
internal sealed class QuarterFormat : IQuantFormat
{
    public BlockGeometry Block => new(4, 4);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            values[i] = (sbyte)blocks[i] / 4f;
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => throw new NotSupportedException();
}
