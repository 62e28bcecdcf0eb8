using Tessera.Numerics;

namespace Quant.TQ2_0;

internal static unsafe partial class TQ2_0Kernel
{
    public static float DotScalar(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        float result = 0;
        for (int i = 0; i < blocks; i++, row += TQ2_0Block.Bytes)
        {
            float block = 0;
            for (int sub = 0; sub < TQ2_0Block.Elements / TQ2_0Block.SubBlockElements; sub++)
            {
                byte* packed = row + (sub / TQ2_0Block.SubBlocksPerGroup * TQ2_0Block.GroupBytes);
                int shift = 2 * (sub % TQ2_0Block.SubBlocksPerGroup);
                int dot = 0;
                for (int c = 0; c < TQ2_0Block.SubBlockElements; c++)
                {
                    dot += (((packed[c] >> shift) & 3) - 1) * *quants++;
                }

                block += *scales++ * dot;
            }

            result += TQ2_0Block.ReadScale(row) * block;
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
