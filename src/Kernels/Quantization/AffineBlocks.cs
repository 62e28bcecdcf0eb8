using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>
/// Quantizes rows to blocks of 32 weights that begin with a half d and a half m: <c>weight = d * code + m</c>. The least weight takes code 0 and the
/// greatest the largest code; with importance a search finds d and m.
/// </summary>
/// <param name="Largest">The largest code.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
public readonly unsafe record struct AffineBlocks(int Largest, int BlockBytes)
{
    private const int Elements = 32;

    /// <summary>Quantizes a row.</summary>
    /// <param name="row">The weights.</param>
    /// <param name="importance">Of each column, or null.</param>
    /// <param name="blocks">Blocks in the row.</param>
    /// <param name="output">Where they go.</param>
    /// <param name="pack">Puts 32 codes into a block.</param>
    public void Quantize(float* row, float* importance, int blocks, byte* output, delegate*<byte*, byte*, void> pack)
    {
        if (importance != null)
        {
            QuantizeByImportance(row, importance, blocks, output, pack);
            return;
        }

        byte* codes = stackalloc byte[Elements];
        for (int i = 0; i < blocks; i++, row += Elements, output += BlockBytes)
        {
            (float d, float m) = QuantizeBlock(row, codes);
            ((Half*)output)[0] = (Half)d;
            ((Half*)output)[1] = (Half)m;
            pack(codes, output);
        }
    }

    private (float Scale, float Minimum) QuantizeBlock(float* x, byte* codes)
    {
        (float least, float greatest) = Extremes.Range(x);
        float d = (greatest - least) / Largest;
        float inverse = d == 0 ? 0 : 1 / d;
        if (inverse == 0 || !float.IsFinite(inverse))
        {
            new Span<byte>(codes, Elements).Clear();
            return (d, least);
        }

        Vector256<float> half = Vector256.Create(0.5f), minimum = Vector256.Create(least), largest = Vector256.Create((float)Largest);
        for (int i = 0; i < Elements; i += 2 * Vector256<float>.Count)
        {
            Vector256<float> first = ((Vector256.Load(x + i) - minimum) * inverse) + half;
            Vector256<float> second = ((Vector256.Load(x + i + Vector256<float>.Count) - minimum) * inverse) + half;
            Codes.Truncate(Vector256.MinNative(first, largest), Vector256.MinNative(second, largest), codes + i);
        }

        return (d, least);
    }

    [SkipLocalsInit]
    private void QuantizeByImportance(float* row, float* importance, int blocks, byte* output, delegate*<byte*, byte*, void> pack)
    {
        float* lanes = stackalloc float[Elements * SideBySide.Lanes];
        float* weights = stackalloc float[Elements * SideBySide.Lanes];
        byte* codes = stackalloc byte[Elements];
        AffineSearch search = AffineSearch.Weighted(Largest);
        var range = new Codes(0, Largest);
        Vector256<float> variance = Vector256.Create(SideBySide.SumOfSquares(row, blocks * Elements) / (blocks * Elements));
        for (int first = 0; first < blocks; first += SideBySide.Lanes)
        {
            int count = Math.Min(SideBySide.Lanes, blocks - first);
            SideBySide.Gather(row, Elements, count, lanes);
            SideBySide.Gather(importance, Elements, count, weights);
            SideBySide.WeighByImportance(lanes, weights, variance, Elements, weights);
            AffineFit fit = search.Fit(lanes, weights, Elements);
            for (int i = 0; i < count; i++, row += Elements, importance += Elements, output += BlockBytes)
            {
                ((Half*)output)[0] = (Half)fit.Scale[i];
                ((Half*)output)[1] = (Half)(-fit.Minimum[i]);
                range.OfFit(row, Elements, fit.Inverse[i], fit.Origin[i], codes);
                pack(codes, output);
            }
        }
    }
}
