using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Kernels.Coded;

/// <summary>A quantization format over the shared kernels. Derive a class, give it the format's block, and export it.</summary>
/// <typeparam name="TBlock">The block.</typeparam>
public abstract unsafe class CodedFormat<TBlock> : IQuantFormat
    where TBlock : struct, ICodedBlock
{
    /// <inheritdoc/>
    public BlockGeometry Block => new(TBlock.Elements, TBlock.Bytes);

    /// <inheritdoc/>
    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = Block.CountBlocks(blocks, values);
        fixed (byte* block = blocks)
        fixed (float* value = values)
        {
            for (int i = 0; i < count; i++)
            {
                CodedBlock<TBlock>.Dequantize(block + ((long)i * TBlock.Bytes), value + ((long)i * TBlock.Elements));
            }
        }
    }

    /// <inheritdoc/>
    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) =>
        options.Repack && options.Simd != SimdLevel.Scalar
            ? new PackedMatrix(source, Block, AssembledKernel.Over<CodedTileAssembler<TBlock>>(CodedPanelKernel.For<TBlock>(options.Simd), options))
            : new RowMatrix(source, Block, ActivationParts.Quants | ActivationParts.Sums, CodedRowKernel<TBlock>.For(options.Simd));
}
