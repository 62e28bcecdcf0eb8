using Tessera.Numerics;

namespace Tessera.Quant.Q8_0;

/// <summary>
/// The dot product of a row of blocks with a token's Q8 activations: per block an exact integer dot product, times both scales. At each level
/// <c>Dot</c> takes one token and <c>DotFour</c> four, which reads the weights once; both do the same operations in the same order for a token,
/// so their results have the same bits.
/// </summary>
/// <remarks>
/// Weights reach -128 and activations only ±127, so two products add up to at most 2 * 128 * 127 = 32512: a pair fits 16 bits, and the
/// vector kernels count on it.
/// </remarks>
internal static unsafe partial class Q8_0Kernel
{
    public static float DotScalar(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* activations = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        float result = 0;
        for (int i = 0; i < blocks; i++, row += Q8_0Block.Bytes, activations += Q8_0Block.Elements)
        {
            sbyte* weights = Q8_0Block.Quants(row);
            int dot = 0;
            for (int c = 0; c < Q8_0Block.Elements; c++)
            {
                dot += weights[c] * activations[c];
            }

            result += Q8_0Block.ReadScale(row) * scales[i] * dot;
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
