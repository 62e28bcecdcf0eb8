using Tessera.Kernels.Quantization;

namespace Tessera.Quant.Q4_1;

/// <summary>Makes blocks: where d, m and the codes go.</summary>
internal static unsafe class Q4_1Quantizer
{
    public static void Quantize(float* row, float* importance, int blocks, byte* output) =>
        new AffineBlocks(Q4_1Block.Largest, Q4_1Block.Bytes).Quantize(row, importance, blocks, output, &Pack);

    private static void Pack(byte* codes, byte* block) => CodePacking.Nibbles(codes, block + Q4_1Block.CodesOffset);
}
