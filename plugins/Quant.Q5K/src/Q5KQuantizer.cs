using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;

namespace Tessera.Quant.Q5K;

/// <summary>Makes super-blocks: the candidates for scales and minimums where no importance is known, and where the codes go.</summary>
internal static unsafe class Q5KQuantizer
{
    private static readonly AffineSearch s_search = new(Largest: 31, First: -0.5f, Step: 0.1f, Candidates: 16);

    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        byte* codes = stackalloc byte[Q5KBlock.Elements];
        for (int i = 0; i < blocks; i++, row += Q5KBlock.Elements, output += Q5KBlock.Bytes)
        {
            SixBitSuperBlock.Quantize(row, importance, s_search, output, codes);
            importance += importance == null ? 0 : Q5KBlock.Elements;
            Pack(codes, output + Q5KBlock.HighBitsOffset, output + Q5KBlock.QuantsOffset);
        }
    }

    private static void Pack(byte* codes, byte* highBits, byte* quants)
    {
        var nibble = Vector256.Create((byte)0xF);
        var high = Vector256<byte>.Zero;
        for (int sub = 0; sub < Q5KBlock.SubBlocks; sub += 2, codes += 2 * Q5KBlock.SubBlockElements, quants += Q5KBlock.SubBlockElements)
        {
            Vector256<byte> even = Vector256.Load(codes), odd = Vector256.Load(codes + Q5KBlock.SubBlockElements);
            ((even & nibble) | (odd << 4)).Store(quants);
            high |= ((even >> 4) << sub) | ((odd >> 4) << (sub + 1));
        }

        high.Store(highBits);
    }
}
