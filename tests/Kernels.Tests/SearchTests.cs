using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;

namespace Tessera.Kernels.Tests;

/// <summary>A search over eight lanes finds for each, to the bit, what its definition finds for one.</summary>
public sealed unsafe class SearchTests
{
    public static TheoryData<string> Kinds => [.. RandomValues.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Scales_and_minimums_are_those_of_each_sub_block_alone(string kind)
    {
        AffineSearch[] searches = [new(15, -1, 0.1f, 21), new(3, -0.5f, 0.1f, 16, AbsoluteErrors: true), AffineSearch.Weighted(31), new(7, 0, 0, 0)];
        foreach (AffineSearch search in searches)
        {
            Compare(kind, (lanes, weights, x, w) =>
            {
                AffineFit fit = search.Fit(lanes, weights, x[0].Length);
                for (int i = 0; i < SideBySide.Lanes; i++)
                {
                    (float scale, float minimum, float inverse, float origin) = search.FitOne(x[i], w[i]);
                    AssertSame(scale, fit.Scale[i]);
                    AssertSame(minimum, fit.Minimum[i]);
                    AssertSame(inverse, fit.Inverse[i]);
                    AssertSame(origin, fit.Origin[i]);
                }
            });
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Scales_are_those_of_each_sub_block_alone(string kind)
    {
        foreach (int farthest in (int[])[4, 8, 32])
        {
            var search = new SymmetricSearch(farthest);
            Compare(kind, (lanes, weights, x, w) =>
            {
                SymmetricFit fit = search.Fit(lanes, weights, x[0].Length);
                for (int i = 0; i < SideBySide.Lanes; i++)
                {
                    AssertSame(search.FitOne(x[i], w[i], out float inverse), fit.Scale[i]);
                    AssertSame(inverse, fit.Inverse[i]);
                }
            });
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_descent_ends_where_it_does_for_each_sub_block_alone(string kind)
    {
        var descent = new SymmetricDescent(4);
        Compare(kind, (lanes, _, x, _) =>
        {
            float* codes = stackalloc float[SideBySide.MaxLength * SideBySide.Lanes];
            Vector256<float> scales = descent.Fit(lanes, x[0].Length, codes);
            for (int i = 0; i < SideBySide.Lanes; i++)
            {
                var expected = new int[x[i].Length];
                AssertSame(descent.FitOne(x[i], expected), scales[i]);
                for (int c = 0; c < expected.Length; c++)
                {
                    Assert.Equal(expected[c], codes[(c * SideBySide.Lanes) + i]);
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Scales_for_the_table_are_those_of_each_block_alone(string kind) => Compare(kind, (lanes, weights, x, w) =>
    {
        Vector256<float> scales = TableSearch.Fit(lanes, weights, x[0].Length);
        for (int i = 0; i < SideBySide.Lanes; i++)
        {
            AssertSame(TableSearch.FitOne(x[i], w[i]), scales[i]);
        }
    });

    private delegate void Comparison(float* lanes, float* weights, float[][] x, float[][] w);

    /// <summary>Eight sub-blocks of 16 or 32 values with weights of several kinds, together and one by one.</summary>
    private static void Compare(string kind, Comparison compare)
    {
        var random = new Random(kind.Length);
        float* lanes = stackalloc float[SideBySide.MaxLength * SideBySide.Lanes];
        float* laneWeights = stackalloc float[SideBySide.MaxLength * SideBySide.Lanes];
        for (int round = 0; round < 60; round++)
        {
            int length = round % 2 == 0 ? 16 : SideBySide.MaxLength;
            float[] x = [.. Enumerable.Range(0, SideBySide.Lanes).SelectMany(_ => RandomValues.Of(kind, length, random))];
            float[] w = [.. x.Select(value => (round / 2 % 3) switch { 0 => value * value, 1 => random.NextSingle(), _ => random.Next(3) })];
            fixed (float* values = x)
            fixed (float* weights = w)
            {
                SideBySide.Gather(values, length, SideBySide.Lanes, lanes);
                SideBySide.Gather(weights, length, SideBySide.Lanes, laneWeights);
            }

            compare(lanes, laneWeights, [.. x.Chunk(length)], [.. w.Chunk(length)]);
        }
    }

    /// <summary>To the bit; a NaN may be any.</summary>
    private static void AssertSame(float expected, float actual) => Assert.True(
        BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual) || (float.IsNaN(expected) && float.IsNaN(actual)),
        $"expected {expected:R}, got {actual:R}");
}
