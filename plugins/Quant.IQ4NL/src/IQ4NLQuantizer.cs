using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;

namespace Tessera.Quant.IQ4NL;

/// <summary>Makes blocks, eight at a time: a search finds d, and the codes are those of the table's nearest values.</summary>
internal static unsafe class IQ4NLQuantizer
{
    private const int Elements = 32;

    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        float* lanes = stackalloc float[Elements * SideBySide.Lanes];
        float* weights = stackalloc float[Elements * SideBySide.Lanes];
        byte* codes = stackalloc byte[Elements];
        for (int first = 0; first < blocks; first += SideBySide.Lanes)
        {
            int count = Math.Min(SideBySide.Lanes, blocks - first);
            SideBySide.Gather(row, Elements, count, lanes);
            Weigh(lanes, importance == null ? null : importance + (first * Elements), count, weights);
            Vector256<float> scales = TableSearch.Fit(lanes, weights, Elements);
            for (int i = 0; i < count; i++, row += Elements, output += IQ4NLBlock.Bytes)
            {
                float d = scales[i];
                *(Half*)output = (Half)d;
                TableSearch.CodesOf(row, d == 0 ? 0 : 1 / d, codes);
                CodePacking.Nibbles(codes, output + IQ4NLBlock.CodesOffset);
            }
        }
    }

    /// <summary>Errors weigh the square of the weight, or what the importance says.</summary>
    private static void Weigh(float* lanes, float* importance, int count, float* weights)
    {
        if (importance == null)
        {
            SideBySide.Square(lanes, Elements, weights);
            return;
        }

        var squares = Vector256<float>.Zero;
        for (int i = 0; i < Elements * SideBySide.Lanes; i += SideBySide.Lanes)
        {
            Vector256<float> value = Vector256.Load(lanes + i);
            squares += value * value;
        }

        SideBySide.Gather(importance, Elements, count, weights);
        SideBySide.WeighByImportance(lanes, weights, squares * (2f / Elements), Elements, weights);
    }
}
