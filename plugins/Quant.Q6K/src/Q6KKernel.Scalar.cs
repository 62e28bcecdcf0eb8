using Tessera.Numerics;

namespace Tessera.Quant.Q6K;

/// <summary>
/// The dot product of a row of blocks with a token's Q8 activations. At each level <c>Dot</c> takes one token and <c>DotFour</c> four,
/// which unpacks the weights once; both do the same operations in the same order for a token, so their results have the same bits.
/// </summary>
internal static unsafe partial class Q6KKernel
{
    public static float DotScalar(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        float result = 0;
        for (int i = 0; i < blocks; i++, row += Q6KBlock.Bytes)
        {
            float d = Q6KBlock.ReadScale(row);
            sbyte* weightScales = (sbyte*)row + Q6KBlock.ScalesOffset;
            for (int first = 0; first < Q6KBlock.Elements; first += 2 * Q6KBlock.SubBlockElements)
            {
                // Two sub-blocks share a scale of the activations.
                int scaled = *weightScales++ * DotSubBlock(row, first, quants);
                scaled += *weightScales++ * DotSubBlock(row, first + Q6KBlock.SubBlockElements, quants + Q6KBlock.SubBlockElements);
                result += d * (*scales++ * scaled);
                quants += 2 * Q6KBlock.SubBlockElements;
            }
        }

        return result;
    }

    public static void DotFourScalar(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        for (int t = 0; t < 4; t++)
        {
            y[(long)t * stride] = DotScalar(row, blocks, x, token + t);
        }
    }

    private static int DotSubBlock(byte* row, int first, sbyte* quants)
    {
        int dot = 0;
        for (int c = 0; c < Q6KBlock.SubBlockElements; c++)
        {
            dot += Q6KBlock.ReadQuant(row, first + c) * quants[c];
        }

        return dot;
    }
}
