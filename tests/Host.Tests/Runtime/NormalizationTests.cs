using Tessera.Architectures;
using Tessera.Runtime.Operators;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

public sealed class NormalizationTests : IDisposable
{
    private readonly WorkerPool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(1, 1, 0, false)]
    [InlineData(1, 7, 0, false)]
    [InlineData(3, 8, 0, true)]
    [InlineData(5, 45, 0, true)]
    [InlineData(5, 45, 9, false)]
    [InlineData(2, 96, 32, true)]
    [InlineData(17, 256, 0, false)]
    public void Each_group_is_divided_by_its_root_mean_square_weighted_and_moved(int tokens, int width, int groupLength, bool subtractsMean)
    {
        int length = groupLength == 0 ? width : groupLength;
        using TestTensor x = TestTensor.Random(tokens, width, 1, spread: 5);
        using TestTensor weight = TestTensor.Random(1, length, 2);
        using TestTensor bias = TestTensor.Random(1, length, 3);
        foreach ((bool hasWeight, bool hasBias) in new[] { (false, false), (true, false), (true, true) })
        {
            float[] y = Run(x, new Norm(hasWeight ? VectorOf(weight) : null, 1e-5f, hasBias ? VectorOf(bias) : null, subtractsMean), length);

            for (int i = 0; i < y.Length; i++)
            {
                double[] group = [.. x.Values.Slice(i / length * length, length).ToArray().Select(v => (double)v)];
                double mean = subtractsMean ? group.Average() : 0;
                double scale = 1 / Math.Sqrt(group.Average(v => (v - mean) * (v - mean)) + 1e-5f);
                double product = (group[i % length] - mean) * scale * (hasWeight ? weight.Values[i % length] : 1);
                Assert.Equal(product + (hasBias ? bias.Values[i % length] : 0), y[i], 1e-6 * (1 + Math.Abs(product)));
            }
        }
    }

    [Fact]
    public void Zeros_stay_zeros()
    {
        using var x = new TestTensor(2, 20);

        Assert.All(Run(x, new Norm(null, 1e-6f), 20), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    public void Squares_that_no_32_bits_hold_do_no_harm(float magnitude)
    {
        using TestTensor x = TestTensor.Of(1, magnitude, -magnitude, magnitude, magnitude, -magnitude, magnitude, magnitude, magnitude, magnitude);

        Assert.All(Run(x, new Norm(null, 0), 9), value => Assert.Equal(1, MathF.Abs(value), 1e-6f));
    }

    private static WeightVector VectorOf(TestTensor x) => new(x.Values.ToArray()) { Name = "vector", Length = x.Values.Length };

    private float[] Run(TestTensor x, Norm norm, int groupLength)
    {
        using var y = new TestTensor(x.Tensor.Rows, x.Tensor.Columns);
        new Normalization().Run(_pool, x.Tensor, norm, groupLength, y.Tensor);
        return y.Values.ToArray();
    }
}
