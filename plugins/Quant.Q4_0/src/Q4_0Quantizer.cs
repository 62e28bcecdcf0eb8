using Tessera.Kernels.Quantization;

namespace Tessera.Quant.Q4_0;

/// <summary>Makes blocks: where d and the codes go.</summary>
internal static unsafe class Q4_0Quantizer
{
    public static void Quantize(float* row, float* importance, int blocks, byte* output) =>
        new SymmetricBlocks(Q4_0Block.Zero, Q4_0Block.Bytes).Quantize(row, importance, blocks, output, &Pack);

    private static void Pack(byte* codes, byte* block) => CodePacking.Nibbles(codes, block + Q4_0Block.CodesOffset);
}
