using System.Runtime.Intrinsics;
using Tessera.Runtime.Attention;
using Tessera.Runtime.State;
using Tessera.Runtime.Vectors;

namespace Tessera.Host.Tests.Runtime;

public unsafe class RowSoftmaxTests
{
    [Fact]
    public void The_exponential_is_right_to_one_unit_in_the_last_place()
    {
        for (float x = 0; x > -86.9f; x -= 0.00173f)
        {
            float actual = RowSoftmax<Lanes128, Vector128<float>>.Exp(Vector128.Create(x))[1];
            double expected = Math.Exp(x);
            Assert.True(Math.Abs(actual - expected) <= 1.2e-7 * expected, $"e^{x} is {expected}, not {actual}");
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-87.5f, 0)]
    [InlineData(-1e30f, 0)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.NaN, float.NaN)]
    public void The_exponential_of_extremes(float x, float expected) =>
        Assert.Equal(expected, RowSoftmax<Lanes128, Vector128<float>>.Exp(Vector128.Create(x))[0]);

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(255)]
    [InlineData(256)]
    public void Weights_are_relative_to_the_largest_score_and_the_blocks_rest_is_zero(int count)
    {
        float* scores = stackalloc float[256];
        new Span<float>(scores, 256).Fill(float.NaN);
        double expected = 0;
        for (int i = 0; i < count; i++)
        {
            scores[i] = MathF.Sin(i) - 5;
        }

        float largest = new ReadOnlySpan<float>(scores, count).ToArray().Max();
        for (int i = 0; i < count; i++)
        {
            expected += Math.Exp((scores[i] - largest) * 2.0);
        }

        float maximum = RowSoftmax<Lanes128, Vector128<float>>.Weigh(scores, count, 2, out float sum);

        Assert.Equal(largest * 2, maximum);
        Assert.Equal(expected, sum, 1e-4);
        Assert.Equal(1, new ReadOnlySpan<float>(scores, count).ToArray().Max());
        Assert.All(new ReadOnlySpan<float>(scores + count, KvLayout.Padded(count) - count).ToArray(), weight => Assert.Equal(0, weight));
    }
}
