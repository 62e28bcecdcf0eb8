using Tessera.Quantization;

namespace TestPlugins.Library;

/// <summary>Version 2 of a library that two plugins need in different versions.</summary>
public abstract class LibraryFormat : IQuantFormat
{
    public BlockGeometry Block => new(2, 2);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => throw new NotSupportedException();

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => throw new NotSupportedException();
}
