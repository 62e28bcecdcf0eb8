using Tessera.Kernels.Quantization;

namespace Tessera.Quant.Q5_1;

/// <summary>Makes blocks: where d, m and the codes go.</summary>
internal static unsafe class Q5_1Quantizer
{
    public static void Quantize(float* row, float* importance, int blocks, byte* output) =>
        new AffineBlocks(Q5_1Block.Largest, Q5_1Block.Bytes).Quantize(row, importance, blocks, output, &Pack);

    private static void Pack(byte* codes, byte* block)
    {
        CodePacking.FifthBits(codes, block + Q5_1Block.HighBitsOffset);
        CodePacking.Nibbles(codes, block + Q5_1Block.CodesOffset);
    }
}
