using Tessera.Kernels.Quantization;

namespace Tessera.Quant.Q5_0;

/// <summary>Makes blocks: where d and the codes go.</summary>
internal static unsafe class Q5_0Quantizer
{
    public static void Quantize(float* row, float* importance, int blocks, byte* output) =>
        new SymmetricBlocks(Q5_0Block.Zero, Q5_0Block.Bytes).Quantize(row, importance, blocks, output, &Pack);

    private static void Pack(byte* codes, byte* block)
    {
        CodePacking.FifthBits(codes, block + Q5_0Block.HighBitsOffset);
        CodePacking.Nibbles(codes, block + Q5_0Block.CodesOffset);
    }
}
