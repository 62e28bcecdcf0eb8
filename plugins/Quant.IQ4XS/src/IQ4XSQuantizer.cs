using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;

namespace Tessera.Quant.IQ4XS;

/// <summary>
/// Makes super-blocks: a search finds the sub-blocks' scales, these become six bits of one scale d, and the codes are those of the table's nearest values.
/// </summary>
internal static unsafe class IQ4XSQuantizer
{
    private const int SubBlocks = SideBySide.Lanes;
    private const int SubBlockElements = 32;
    private const int SubBlockBytes = SubBlockElements / 2;

    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        for (int i = 0; i < blocks; i++, row += IQ4XSBlock.Elements, output += IQ4XSBlock.Bytes)
        {
            QuantizeBlock(row, importance, output);
            importance += importance == null ? 0 : IQ4XSBlock.Elements;
        }
    }

    private static void QuantizeBlock(float* x, float* importance, byte* block)
    {
        Vector256<float> scales = Fit(x, importance);
        float greatest = 0;
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            greatest = MathF.Abs(scales[sub]) > MathF.Abs(greatest) ? scales[sub] : greatest;
        }

        float d = -greatest / IQ4XSBlock.ScaleZero;
        float inverse = d == 0 ? 0 : 1 / d;
        *(Half*)block = (Half)d;
        new Span<byte>(block + IQ4XSBlock.HighScalesOffset, IQ4XSBlock.CodesOffset - IQ4XSBlock.HighScalesOffset).Clear();
        byte* codes = stackalloc byte[SubBlockElements];
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            int scale = Math.Clamp(NearestInteger.Of(inverse * scales[sub]), -IQ4XSBlock.ScaleZero, IQ4XSBlock.ScaleZero - 1);
            float scaled = d * scale;
            TableSearch.CodesOf(x + (sub * SubBlockElements), scaled == 0 ? 0 : 1 / scaled, codes);
            CodePacking.Nibbles(codes, block + IQ4XSBlock.CodesOffset + (sub * SubBlockBytes));
            PackScale(block, sub, scale + IQ4XSBlock.ScaleZero);
        }
    }

    /// <summary>The sub-blocks' scales. Errors weigh the square of the weight, or what the importance says.</summary>
    private static Vector256<float> Fit(float* x, float* importance)
    {
        float* lanes = stackalloc float[SubBlocks * SubBlockElements];
        float* weights = stackalloc float[SubBlocks * SubBlockElements];
        SideBySide.Gather(x, SubBlockElements, SubBlocks, lanes);
        if (importance == null)
        {
            SideBySide.Square(lanes, SubBlockElements, weights);
        }
        else
        {
            SideBySide.Gather(importance, SubBlockElements, SubBlocks, weights);
            Vector256<float> variance = Vector256.Create(SideBySide.SumOfSquares(x, IQ4XSBlock.Elements) * (2f / IQ4XSBlock.Elements));
            SideBySide.WeighByImportance(lanes, weights, variance, SubBlockElements, weights);
        }

        return TableSearch.Fit(lanes, weights, SubBlockElements);
    }

    private static void PackScale(byte* block, int sub, int scale)
    {
        block[IQ4XSBlock.LowScalesOffset + (sub / 2)] |= (byte)((scale & 0xF) << (sub % 2 * 4));
        block[IQ4XSBlock.HighScalesOffset + (sub / 4)] |= (byte)((scale >> 4) << (sub % 4 * 2));
    }
}
