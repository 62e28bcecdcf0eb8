using Tessera.Numerics;

namespace Tessera.Quant.Q5K;

/// <summary>
/// The dot product of a row of blocks with a token's Q8 activations. At each level <c>Dot</c> takes one token and <c>DotFour</c> four,
/// which unpacks the weights once; both do the same operations in the same order for a token, so their results have the same bits.
/// </summary>
internal static unsafe partial class Q5KKernel
{
    public static float DotScalar(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        float result = 0;
        for (int i = 0; i < blocks; i++, row += Q5KBlock.Bytes)
        {
            float d = Q5KBlock.ReadScale(row);
            float dmin = Q5KBlock.ReadMinimum(row);
            Q5KBlock.UnpackScales(row, out ulong weightScales, out ulong minimums);
            for (int sub = 0; sub < Q5KBlock.SubBlocks; sub++)
            {
                int dot = 0;
                for (int c = 0; c < Q5KBlock.SubBlockElements; c++)
                {
                    dot += Q5KBlock.ReadQuant(row, sub, c) * *quants++;
                }

                int scaled = (byte)(weightScales >> (8 * sub)) * dot;
                int minimum = (byte)(minimums >> (8 * sub)) * (sums[0] + sums[1]);
                result += *scales++ * ((d * scaled) - (dmin * minimum));
                sums += 2;
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
}
