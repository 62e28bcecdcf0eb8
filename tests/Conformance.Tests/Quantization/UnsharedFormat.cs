using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Conformance.Tests.Quantization;

/// <summary>Without <c>[Shared]</c> every tensor gets a format of its own.</summary>
[ExportQuantFormat((GgmlType)ToyGolden.Type)]
internal sealed class UnsharedFormat : IQuantFormat
{
    private readonly ToyFormat _format = new(FormatFlaw.None);

    public BlockGeometry Block => _format.Block;

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => _format.Dequantize(blocks, values);

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => _format.Bind(source, options);
}
