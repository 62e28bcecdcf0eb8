using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;
using Tessera.Numerics;

namespace Tessera.Quant.Q2K;

/// <summary>
/// Makes super-blocks: searches find scale and minimum of each sub-block, these become four bits of one scale d and dmin, and the codes are for what a reader
/// will see.
/// </summary>
internal static unsafe class Q2KQuantizer
{
    private const int SubBlocks = 16;
    private const int SubBlockElements = 16;
    private const int LargestScale = 15;

    private static readonly AffineSearch s_search = new(Largest: 3, First: -0.5f, Step: 0.1f, Candidates: 16, AbsoluteErrors: true);
    private static readonly AffineSearch s_weightedSearch = AffineSearch.Weighted(largest: 3);
    private static readonly Codes s_codes = new(0, 3);

    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        for (int i = 0; i < blocks; i++, row += Q2KBlock.Elements, output += Q2KBlock.Bytes)
        {
            QuantizeBlock(row, importance, output);
            importance += importance == null ? 0 : Q2KBlock.Elements;
        }
    }

    private static void QuantizeBlock(float* x, float* importance, byte* block)
    {
        float* scales = stackalloc float[SubBlocks];
        float* minimums = stackalloc float[SubBlocks];
        float* inverses = stackalloc float[SubBlocks];
        float* origins = stackalloc float[SubBlocks];
        float* weights = stackalloc float[SubBlocks];
        Vector256<float> variance = Vector256.Create(importance == null ? 0 : SideBySide.SumOfSquares(x, Q2KBlock.Elements) / Q2KBlock.Elements);
        for (int sub = 0; sub < SubBlocks; sub += SideBySide.Lanes)
        {
            int first = sub * SubBlockElements;
            AffineFit fit = Fit(x + first, importance == null ? null : importance + first, variance);
            fit.Scale.Store(scales + sub);
            fit.Minimum.Store(minimums + sub);
            fit.Inverse.Store(inverses + sub);
            fit.Origin.Store(origins + sub);
            fit.TotalWeight.Store(weights + sub);
        }

        byte* scaleCodes = stackalloc byte[SubBlocks];
        byte* minimumCodes = stackalloc byte[SubBlocks];
        *(Half*)(block + Q2KBlock.ScaleOffset) = (Half)QuantizeScales(scales, importance == null ? null : weights, scaleCodes);
        *(Half*)(block + Q2KBlock.MinimumOffset) = (Half)QuantizeScales(minimums, importance == null ? null : weights, minimumCodes);

        float d = Binary16.ToSingle(*(ushort*)(block + Q2KBlock.ScaleOffset));
        float dmin = Binary16.ToSingle(*(ushort*)(block + Q2KBlock.MinimumOffset));
        byte* codes = stackalloc byte[Q2KBlock.Elements];
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            int first = sub * SubBlockElements;
            block[sub] = (byte)(scaleCodes[sub] | (minimumCodes[sub] << 4));
            float scale = d * scaleCodes[sub];
            if (scale == 0)
            {
                s_codes.OfFit(x + first, SubBlockElements, inverses[sub], origins[sub], codes + first);
            }
            else
            {
                s_codes.OfScale(x + first, SubBlockElements, scale, dmin * minimumCodes[sub], codes + first);
            }
        }

        CodePacking.TwoBits(codes, block + Q2KBlock.CodesOffset);
    }

    /// <summary>Eight sub-blocks' scales and minimums. Errors weigh the magnitude of the weight, or what the importance says.</summary>
    private static AffineFit Fit(float* x, float* importance, Vector256<float> variance)
    {
        const int Elements = SideBySide.Lanes * SubBlockElements;
        float* lanes = stackalloc float[Elements];
        float* weights = stackalloc float[Elements];
        SideBySide.Gather(x, SubBlockElements, SideBySide.Lanes, lanes);
        if (importance != null)
        {
            SideBySide.Gather(importance, SubBlockElements, SideBySide.Lanes, weights);
            SideBySide.WeighByImportance(lanes, weights, variance, SubBlockElements, weights);
            return s_weightedSearch.Fit(lanes, weights, SubBlockElements);
        }

        for (int i = 0; i < Elements; i += SideBySide.Lanes)
        {
            Vector256.Abs(Vector256.Load(lanes + i)).Store(weights + i);
        }

        return s_search.Fit(lanes, weights, SubBlockElements);
    }

    /// <summary>The greatest takes code 15, or with weights a search decides.</summary>
    /// <returns>The step from code to code.</returns>
    private static float QuantizeScales(float* scales, float* weights, byte* codes)
    {
        var x = new ReadOnlySpan<float>(scales, SubBlocks);
        if (weights != null)
        {
            return PositiveScales.Fit(x, new ReadOnlySpan<float>(weights, SubBlocks), LargestScale, new Span<byte>(codes, SubBlocks));
        }

        float greatest = 0;
        foreach (float scale in x)
        {
            greatest = scale > greatest ? scale : greatest;
        }

        float inverse = greatest > 0 ? LargestScale / greatest : 0;
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            codes[sub] = (byte)NearestInteger.Of(inverse * scales[sub]);
        }

        return greatest / LargestScale;
    }
}
