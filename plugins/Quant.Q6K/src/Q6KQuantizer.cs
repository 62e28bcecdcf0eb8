using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;

namespace Tessera.Quant.Q6K;

/// <summary>Makes super-blocks: a scale for each sub-block, these as bytes of one scale d, and codes for what a reader will see.</summary>
internal static unsafe class Q6KQuantizer
{
    private const int LowestScale = -128;
    private const int HighestScale = 127;

    private static readonly SymmetricSearch s_search = new(Q6KBlock.Zero);
    private static readonly Codes s_codes = new(-Q6KBlock.Zero, Q6KBlock.Zero - 1);

    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        for (int i = 0; i < blocks; i++, row += Q6KBlock.Elements, output += Q6KBlock.Bytes)
        {
            QuantizeBlock(row, importance, output);
            importance += importance == null ? 0 : Q6KBlock.Elements;
        }
    }

    private static void QuantizeBlock(float* x, float* importance, byte* block)
    {
        float* scales = stackalloc float[Q6KBlock.SubBlocks];
        float* inverses = stackalloc float[Q6KBlock.SubBlocks];
        for (int sub = 0; sub < Q6KBlock.SubBlocks; sub += SideBySide.Lanes)
        {
            int first = sub * Q6KBlock.SubBlockElements;
            SymmetricFit fit = Fit(x + first, importance == null ? null : importance + first);
            fit.Scale.Store(scales + sub);
            fit.Inverse.Store(inverses + sub);
        }

        float greatest = 0;
        for (int sub = 0; sub < Q6KBlock.SubBlocks; sub++)
        {
            greatest = MathF.Abs(scales[sub]) > MathF.Abs(greatest) ? scales[sub] : greatest;
        }

        if (MathF.Abs(greatest) < SymmetricSearch.NextToNothing)
        {
            new Span<byte>(block, Q6KBlock.Bytes).Clear();
            return;
        }

        float inverse = LowestScale / greatest;
        *(Half*)(block + Q6KBlock.ScaleOffset) = (Half)(1 / inverse);
        float d = Q6KBlock.ReadScale(block);
        sbyte* subScales = (sbyte*)block + Q6KBlock.ScalesOffset;
        byte* codes = stackalloc byte[Q6KBlock.Elements];
        for (int sub = 0; sub < Q6KBlock.SubBlocks; sub++)
        {
            int first = sub * Q6KBlock.SubBlockElements;
            subScales[sub] = (sbyte)Math.Min(HighestScale, NearestInteger.Of(inverse * scales[sub]));
            float scale = d * subScales[sub];
            if (scale == 0)
            {
                s_codes.OfFit(x + first, Q6KBlock.SubBlockElements, inverses[sub], origin: 0, codes + first);
            }
            else
            {
                s_codes.OfScale(x + first, Q6KBlock.SubBlockElements, scale, minimum: 0, codes + first);
            }
        }

        Pack(codes, block);
    }

    /// <summary>Eight sub-blocks' scales. Errors weigh what the columns' importance says, or the square of the weight.</summary>
    private static SymmetricFit Fit(float* x, float* importance)
    {
        const int Elements = SideBySide.Lanes * Q6KBlock.SubBlockElements;
        float* lanes = stackalloc float[Elements];
        float* weights = stackalloc float[Elements];
        SideBySide.Gather(x, Q6KBlock.SubBlockElements, SideBySide.Lanes, lanes);
        if (importance == null)
        {
            SideBySide.Square(lanes, Q6KBlock.SubBlockElements, weights);
        }
        else
        {
            SideBySide.Gather(importance, Q6KBlock.SubBlockElements, SideBySide.Lanes, weights);
        }

        return s_search.Fit(lanes, weights, Q6KBlock.SubBlockElements);
    }

    private static void Pack(byte* codes, byte* block)
    {
        const int Quarter = 32;
        var nibble = Vector256.Create((byte)0xF);
        byte* low = block;
        byte* high = block + Q6KBlock.HighBitsOffset;
        for (int half = 0; half < 2; half++, codes += 4 * Quarter, low += Q6KBlock.LowBytesPerHalf, high += Q6KBlock.HighBytesPerHalf)
        {
            Vector256<byte> q0 = Vector256.Load(codes), q1 = Vector256.Load(codes + Quarter);
            Vector256<byte> q2 = Vector256.Load(codes + (2 * Quarter)), q3 = Vector256.Load(codes + (3 * Quarter));
            ((q0 & nibble) | (q2 << 4)).Store(low);
            ((q1 & nibble) | (q3 << 4)).Store(low + Quarter);
            ((q0 >> 4) | ((q1 >> 4) << 2) | ((q2 >> 4) << 4) | ((q3 >> 4) << 6)).Store(high);
        }
    }
}
