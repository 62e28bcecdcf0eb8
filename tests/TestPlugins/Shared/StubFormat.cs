using Tessera.Quantization;

namespace TestPlugins;

/// <summary>A format that computes nothing: the tests only ask who made it.</summary>
public abstract class StubFormat : IQuantFormat
{
    public BlockGeometry Block => new(32, 34);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => throw new NotSupportedException();

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => throw new NotSupportedException();
}
