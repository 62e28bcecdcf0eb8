using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;
using Tessera.Numerics;

namespace Tessera.Quant.Q3K;

/// <summary>Makes super-blocks: a scale for each sub-block, these as six bits of one scale d, and codes for what a reader will see.</summary>
internal static unsafe class Q3KQuantizer
{
    private const int SubBlocks = 16;
    private const int SubBlockElements = 16;
    private const int LaneElements = SideBySide.Lanes * SubBlockElements;

    private static readonly SymmetricDescent s_descent = new(Q3KBlock.Zero);
    private static readonly SymmetricSearch s_search = new(Q3KBlock.Zero);
    private static readonly SymmetricSearch s_scaleSearch = new(Q3KBlock.ScaleZero);
    private static readonly Codes s_codes = new(-Q3KBlock.Zero, Q3KBlock.Zero - 1);

    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        byte* codes = stackalloc byte[Q3KBlock.Elements];
        int* scales = stackalloc int[SubBlocks];
        for (int i = 0; i < blocks; i++, row += Q3KBlock.Elements, output += Q3KBlock.Bytes)
        {
            Half d;
            if (importance == null)
            {
                d = Fit(row, scales, codes);
            }
            else
            {
                d = FitByImportance(row, importance, scales, codes);
                importance += Q3KBlock.Elements;
            }

            *(Half*)(output + Q3KBlock.ScaleOffset) = d;
            Requantize(row, Binary16.ToSingle(*(ushort*)(output + Q3KBlock.ScaleOffset)), scales, codes);
            PackScales(scales, output + Q3KBlock.ScalesOffset);
            PackCodes(codes, output);
        }
    }

    /// <summary>Without importance: a descent finds the scales, and the one farthest from zero becomes -32.</summary>
    private static Half Fit(float* x, int* scales, byte* codes)
    {
        float* lanes = stackalloc float[LaneElements];
        float* laneCodes = stackalloc float[LaneElements];
        float* fitted = stackalloc float[SubBlocks];
        for (int sub = 0; sub < SubBlocks; sub += SideBySide.Lanes)
        {
            SideBySide.Gather(x + (sub * SubBlockElements), SubBlockElements, SideBySide.Lanes, lanes);
            s_descent.Fit(lanes, SubBlockElements, laneCodes).Store(fitted + sub);
            for (int i = 0; i < LaneElements; i++)
            {
                codes[((sub + (i % SideBySide.Lanes)) * SubBlockElements) + (i / SideBySide.Lanes)] = (byte)laneCodes[i];
            }
        }

        float farthest = 0;
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            farthest = MathF.Abs(fitted[sub]) > MathF.Abs(farthest) ? fitted[sub] : farthest;
        }

        float inverse = farthest == 0 ? 0 : -Q3KBlock.ScaleZero / farthest;
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            int scale = (sbyte)NearestInteger.Of(inverse * fitted[sub]);
            scales[sub] = farthest == 0 ? -Q3KBlock.ScaleZero : Math.Clamp(scale, -Q3KBlock.ScaleZero, Q3KBlock.ScaleZero - 1);
        }

        return farthest == 0 ? (Half)0 : (Half)(1 / inverse);
    }

    /// <summary>With importance: searches find the scales, and one more search their common scale.</summary>
    private static Half FitByImportance(float* x, float* importance, int* scales, byte* codes)
    {
        float* lanes = stackalloc float[LaneElements];
        float* weights = stackalloc float[LaneElements];
        float* fitted = stackalloc float[SubBlocks];
        float* inverses = stackalloc float[SubBlocks];
        float* totals = stackalloc float[SubBlocks];
        Vector256<float> variance = Vector256.Create(2 * SideBySide.SumOfSquares(x, Q3KBlock.Elements) / Q3KBlock.Elements);
        for (int sub = 0; sub < SubBlocks; sub += SideBySide.Lanes)
        {
            int first = sub * SubBlockElements;
            SideBySide.Gather(x + first, SubBlockElements, SideBySide.Lanes, lanes);
            SideBySide.Gather(importance + first, SubBlockElements, SideBySide.Lanes, weights);
            SideBySide.WeighByImportance(lanes, weights, variance, SubBlockElements, weights);
            SymmetricFit fit = s_search.Fit(lanes, weights, SubBlockElements);
            fit.Scale.Store(fitted + sub);
            fit.Inverse.Store(inverses + sub);
            var total = Vector256<float>.Zero;
            for (int i = 0; i < LaneElements; i += SideBySide.Lanes)
            {
                total += Vector256.Load(weights + i);
            }

            total.Store(totals + sub);
        }

        float d = s_scaleSearch.FitOne(new ReadOnlySpan<float>(fitted, SubBlocks), new ReadOnlySpan<float>(totals, SubBlocks), out float inverse);
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            scales[sub] = inverse == 0 ? -Q3KBlock.ScaleZero : s_scaleSearch.CodeOf(fitted[sub], inverse);
            s_codes.OfFit(x + (sub * SubBlockElements), SubBlockElements, inverses[sub], origin: 0, codes + (sub * SubBlockElements));
        }

        return (Half)d;
    }

    /// <summary>A sub-block whose scale became 0 keeps the codes that it has.</summary>
    private static void Requantize(float* x, float d, int* scales, byte* codes)
    {
        for (int sub = 0; sub < SubBlocks; sub++, x += SubBlockElements, codes += SubBlockElements)
        {
            float scale = d * scales[sub];
            if (scale != 0)
            {
                s_codes.OfScale(x, SubBlockElements, scale, minimum: 0, codes);
            }
        }
    }

    private static void PackScales(int* scales, byte* packed)
    {
        new Span<byte>(packed, 12).Clear();
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            int scale = scales[sub] + Q3KBlock.ScaleZero;
            packed[sub % 8] |= (byte)((scale & 0xF) << (sub / 8 * 4));
            packed[8 + (sub % 4)] |= (byte)((scale >> 4) << (sub / 4 * 2));
        }
    }

    private static void PackCodes(byte* codes, byte* block)
    {
        var third = Vector256<byte>.Zero;
        for (int group = 0; group < 8; group++)
        {
            third |= (Vector256.Load(codes + (group * Vector256<byte>.Count)) >> 2) << group;
        }

        third.Store(block);
        CodePacking.TwoBits(codes, block + Q3KBlock.LowBitsOffset);
    }
}
