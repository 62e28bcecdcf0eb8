using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Numerics;

namespace Tessera.Kernels.Quantization;

/// <summary>
/// Quantizes super-blocks of 256 weights that have, for each of eight sub-blocks, a scale and a minimum of six bits, and for these a half <c>d</c> and
/// <c>dmin</c>: <c>weight = d * scale * code - dmin * minimum</c>. They begin with
/// <code>
/// byte 0        2        4                                                    16
///      | d      | dmin   | scales and minimums, six bits each                 |
///
///      byte  4 + i, i = 0..3    | s(i+4) bits 5-4 | s(i) bits 5-0 |
///      byte  8 + i              | m(i+4) bits 5-4 | m(i) bits 5-0 |
///      byte 12 + i              | m(i+4) bits 3-0 | s(i+4) bits 3-0 |
/// </code>
/// </summary>
public static unsafe class SixBitSuperBlock
{
    /// <summary>Weights.</summary>
    public const int Elements = SubBlocks * SubBlockElements;

    private const int SubBlocks = SideBySide.Lanes;
    private const int SubBlockElements = 32;
    private const int LargestScale = 63;

    /// <summary>Writes a super-block's first 16 bytes and leaves the codes to the format.</summary>
    /// <param name="x">The weights.</param>
    /// <param name="importance">Of each column, or null.</param>
    /// <param name="plain">The search where no importance is known.</param>
    /// <param name="block">Where the super-block goes.</param>
    /// <param name="codes">Receives a code for each weight, in order.</param>
    [SkipLocalsInit]
    public static void Quantize(float* x, float* importance, in AffineSearch plain, byte* block, byte* codes)
    {
        float* lanes = stackalloc float[Elements];
        float* weights = stackalloc float[Elements];
        SideBySide.Gather(x, SubBlockElements, SubBlocks, lanes);
        byte* scaleCodes = stackalloc byte[SubBlocks];
        byte* minimumCodes = stackalloc byte[SubBlocks];
        AffineFit fit;
        if (importance == null)
        {
            WeighByMagnitude(lanes, weights);
            fit = plain.Fit(lanes, weights, SubBlockElements);
            ((Half*)block)[0] = QuantizeScales(fit.Scale, scaleCodes);
            ((Half*)block)[1] = QuantizeScales(fit.Minimum, minimumCodes);
        }
        else
        {
            SideBySide.Gather(importance, SubBlockElements, SubBlocks, weights);
            Vector256<float> variance = Vector256.Create(2 * SideBySide.SumOfSquares(x, Elements) / Elements);
            SideBySide.WeighByImportance(lanes, weights, variance, SubBlockElements, weights);
            fit = AffineSearch.Weighted(plain.Largest).Fit(lanes, weights, SubBlockElements);
            ((Half*)block)[0] = QuantizeScales(fit.Scale, fit.TotalWeight, scaleCodes);
            ((Half*)block)[1] = QuantizeScales(fit.Minimum, fit.TotalWeight, minimumCodes);
        }

        PackScales(scaleCodes, minimumCodes, block + 4);
        float d = Binary16.ToSingle(((ushort*)block)[0]);
        float dmin = Binary16.ToSingle(((ushort*)block)[1]);
        var range = new Codes(0, plain.Largest);
        for (int sub = 0; sub < SubBlocks; sub++, x += SubBlockElements, codes += SubBlockElements)
        {
            float scale = d * scaleCodes[sub];
            if (scale == 0)
            {
                range.OfFit(x, SubBlockElements, fit.Inverse[sub], fit.Origin[sub], codes);
            }
            else
            {
                range.OfScale(x, SubBlockElements, scale, dmin * minimumCodes[sub], codes);
            }
        }
    }

    /// <summary>Larger weights count more: an error's weight is the magnitude and the sub-block's root mean square.</summary>
    private static void WeighByMagnitude(float* lanes, float* weights)
    {
        var squares = Vector256<float>.Zero;
        for (int i = 0; i < Elements; i += SubBlocks)
        {
            Vector256<float> value = Vector256.Load(lanes + i);
            squares += value * value;
        }

        Vector256<float> root = Vector256.Sqrt(squares / Vector256.Create((float)SubBlockElements));
        for (int i = 0; i < Elements; i += SubBlocks)
        {
            (root + Vector256.Abs(Vector256.Load(lanes + i))).Store(weights + i);
        }
    }

    private static Half QuantizeScales(Vector256<float> scales, byte* codes)
    {
        float greatest = 0;
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            greatest = scales[sub] > greatest ? scales[sub] : greatest;
        }

        float inverse = greatest > 0 ? LargestScale / greatest : 0;
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            codes[sub] = Math.Min((byte)LargestScale, (byte)NearestInteger.Of(inverse * scales[sub]));
        }

        return (Half)(greatest / LargestScale);
    }

    private static Half QuantizeScales(Vector256<float> scales, Vector256<float> weights, byte* codes)
    {
        Span<float> x = stackalloc float[SubBlocks];
        Span<float> w = stackalloc float[SubBlocks];
        scales.CopyTo(x);
        weights.CopyTo(w);
        return (Half)PositiveScales.Fit(x, w, LargestScale, new Span<byte>(codes, SubBlocks));
    }

    private static void PackScales(byte* scales, byte* minimums, byte* packed)
    {
        for (int i = 0; i < SubBlocks / 2; i++)
        {
            packed[i] = (byte)(scales[i] | (scales[i + 4] >> 4 << 6));
            packed[i + 4] = (byte)(minimums[i] | (minimums[i + 4] >> 4 << 6));
            packed[i + 8] = (byte)((scales[i + 4] & 0xF) | (minimums[i + 4] << 4));
        }
    }
}
