using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;

namespace Tessera.Quant.Q4K;

/// <summary>Makes super-blocks: the candidates for scales and minimums where no importance is known, and where the codes go.</summary>
internal static unsafe class Q4KQuantizer
{
    private static readonly AffineSearch s_search = new(Largest: 15, First: -1, Step: 0.1f, Candidates: 21);

    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        byte* codes = stackalloc byte[Q4KBlock.Elements];
        for (int i = 0; i < blocks; i++, row += Q4KBlock.Elements, output += Q4KBlock.Bytes)
        {
            SixBitSuperBlock.Quantize(row, importance, s_search, output, codes);
            importance += importance == null ? 0 : Q4KBlock.Elements;
            Pack(codes, output + Q4KBlock.QuantsOffset);
        }
    }

    private static void Pack(byte* codes, byte* quants)
    {
        for (int sub = 0; sub < Q4KBlock.SubBlocks; sub += 2, codes += 2 * Q4KBlock.SubBlockElements, quants += Q4KBlock.SubBlockElements)
        {
            (Vector256.Load(codes) | (Vector256.Load(codes + Q4KBlock.SubBlockElements) << 4)).Store(quants);
        }
    }
}
