using Tessera.Numerics;

namespace Tessera.Kernels.Coded;

/// <remarks>One value at a time: what the others are compared with.</remarks>
internal static unsafe partial class CodedRowKernel<TBlock>
{
    private static float DotScalar(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        float result = 0;
        for (int i = 0; i < blocks; i++, row += TBlock.Bytes)
        {
            float d = CodedBlock<TBlock>.ReadScale(row);
            for (int group = 0; group < CodedBlock<TBlock>.Groups; group++, quants += CodedBlock<TBlock>.GroupColumns, scales++, sums += 2)
            {
                ReadSubScales(row, group, out int lower, out int upper);
                int dot = (lower * DotSixteen(row, 2 * group, quants)) + (upper * DotSixteen(row, (2 * group) + 1, quants + 16));
                result += d * dot * *scales;
                if (CodedBlock<TBlock>.HasBlockMinimum || CodedBlock<TBlock>.HasSubMinimums)
                {
                    result += Minimums(row, group, CodedBlock<TBlock>.ReadMinimum(row), sums, *scales);
                }
            }
        }

        return result;
    }

    private static void DotFourScalar(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        for (int t = 0; t < 4; t++)
        {
            y[(nint)t * stride] = DotScalar(row, blocks, x, token + t);
        }
    }

    private static int DotSixteen(byte* block, int index, sbyte* quants)
    {
        int dot = 0;
        for (int c = 0; c < 16; c++)
        {
            dot += TBlock.ReadValue(block, (16 * index) + c) * quants[c];
        }

        return dot;
    }
}
