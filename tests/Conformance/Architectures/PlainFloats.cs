using System.Runtime.InteropServices;
using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Conformance.Architectures;

/// <summary>F32 weights as they are, one product after the other: what small models are tested with where no plugin is at hand.</summary>
internal sealed unsafe class PlainFloats : IQuantFormat
{
    public BlockGeometry Block => new(1, sizeof(float));

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        _ = Block.CountBlocks(blocks, values);
        MemoryMarshal.Cast<byte, float>(blocks).CopyTo(values);
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        new RowMatrix(source, Block, ActivationParts.Values, new RowKernel(&Dot, &DotFour));

    private static float Dot(byte* row, int blocks, in ActivationBatch x, int token)
    {
        float sum = 0;
        for (int i = 0; i < blocks; i++)
        {
            sum += ((float*)row)[i] * x.ValuesOf(token)[i];
        }

        return sum;
    }

    private static void DotFour(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        for (int t = 0; t < 4; t++)
        {
            y[(long)t * stride] = Dot(row, blocks, x, token + t);
        }
    }
}
