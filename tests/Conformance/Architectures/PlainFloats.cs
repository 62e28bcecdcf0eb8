using System.Composition;
using System.Runtime.InteropServices;
using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Conformance.Architectures;

/// <summary>F32 weights as they are, one product after the other: what small models are tested with where no plugin is at hand.</summary>
[ExportQuantFormat(GgmlType.F32), Shared]
internal sealed class PlainFloats : IQuantFormat
{
    public BlockGeometry Block => new(1, sizeof(float));

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        _ = Block.CountBlocks(blocks, values);
        MemoryMarshal.Cast<byte, float>(blocks).CopyTo(values);
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => new PlainMatrix(source);
}
