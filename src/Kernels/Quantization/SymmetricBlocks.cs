using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>
/// Quantizes rows to blocks of 32 weights that begin with a half d: <c>weight = d * (code - Farthest)</c>. The weight farthest from zero takes code 0; with
/// importance a search finds d.
/// </summary>
/// <param name="Farthest">Half the number of codes.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
public readonly unsafe record struct SymmetricBlocks(int Farthest, int BlockBytes)
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
        byte* codes = stackalloc byte[Elements];
        if (importance != null)
        {
            QuantizeByImportance(row, importance, blocks, output, pack);
            return;
        }

        for (int i = 0; i < blocks; i++, row += Elements, output += BlockBytes)
        {
            *(Half*)output = (Half)QuantizeBlock(row, codes);
            pack(codes, output);
        }
    }

    private float QuantizeBlock(float* x, byte* codes)
    {
        float d = Extremes.Farthest(x) / -Farthest;
        float inverse = d == 0 ? 0 : 1 / d;
        if (!float.IsFinite(inverse))
        {
            new Span<byte>(codes, Elements).Clear();
            return d;
        }

        Vector256<float> half = Vector256.Create(Farthest + 0.5f), highest = Vector256.Create((2 * Farthest) - 1f);
        for (int i = 0; i < Elements; i += 2 * Vector256<float>.Count)
        {
            Vector256<float> first = (Vector256.Load(x + i) * inverse) + half;
            Vector256<float> second = (Vector256.Load(x + i + Vector256<float>.Count) * inverse) + half;
            Codes.Truncate(Vector256.MinNative(first, highest), Vector256.MinNative(second, highest), codes + i);
        }

        return d;
    }

    [SkipLocalsInit]
    private void QuantizeByImportance(float* row, float* importance, int blocks, byte* output, delegate*<byte*, byte*, void> pack)
    {
        float* lanes = stackalloc float[Elements * SideBySide.Lanes];
        float* weights = stackalloc float[Elements * SideBySide.Lanes];
        byte* codes = stackalloc byte[Elements];
        var search = new SymmetricSearch(Farthest);
        var range = new Codes(-Farthest, Farthest - 1);
        Vector256<float> variance = Vector256.Create(SideBySide.SumOfSquares(row, blocks * Elements) / (blocks * Elements));
        for (int first = 0; first < blocks; first += SideBySide.Lanes)
        {
            int count = Math.Min(SideBySide.Lanes, blocks - first);
            SideBySide.Gather(row, Elements, count, lanes);
            SideBySide.Gather(importance, Elements, count, weights);
            SideBySide.WeighByImportance(lanes, weights, variance, Elements, weights);
            SymmetricFit fit = search.Fit(lanes, weights, Elements);
            for (int i = 0; i < count; i++, row += Elements, importance += Elements, output += BlockBytes)
            {
                *(Half*)output = (Half)fit.Scale[i];
                range.OfFit(row, Elements, fit.Inverse[i], origin: 0, codes);
                pack(codes, output);
            }
        }
    }
}
