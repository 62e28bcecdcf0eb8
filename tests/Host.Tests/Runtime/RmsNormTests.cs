using Tessera.Runtime.Operators;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

public sealed class RmsNormTests : IDisposable
{
    private readonly WorkerPool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(3, 8)]
    [InlineData(5, 45)]
    [InlineData(17, 256)]
    public void Each_token_is_divided_by_its_root_mean_square_and_weighted(int tokens, int width)
    {
        using TestTensor x = TestTensor.Random(tokens, width, 1, spread: 5);
        using TestTensor weight = TestTensor.Random(1, width, 2);

        float[] y = Run(x, weight.Values.ToArray(), 1e-5f);

        for (int token = 0; token < tokens; token++)
        {
            double[] row = [.. x.Tensor.Row(token).ToArray().Select(v => (double)v)];
            double scale = 1 / Math.Sqrt(row.Average(v => v * v) + 1e-5f);
            for (int i = 0; i < width; i++)
            {
                double expected = row[i] * scale * weight.Values[i];
                Assert.Equal(expected, y[(token * width) + i], 4e-7 * Math.Abs(expected));
            }
        }
    }

    [Fact]
    public void Zeros_stay_zeros()
    {
        using var x = new TestTensor(2, 20);

        Assert.All(Run(x, Enumerable.Repeat(1f, 20).ToArray(), 1e-6f), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    public void Squares_that_no_32_bits_hold_do_no_harm(float magnitude)
    {
        using TestTensor x = TestTensor.Of(1, magnitude, -magnitude, magnitude, magnitude, -magnitude, magnitude, magnitude, magnitude, magnitude);

        float[] y = Run(x, Enumerable.Repeat(1f, 9).ToArray(), 0);

        Assert.All(y, value => Assert.Equal(1, MathF.Abs(value), 1e-6f));
    }

    private float[] Run(TestTensor x, float[] weight, float epsilon)
    {
        using var y = new TestTensor(x.Tensor.Rows, x.Tensor.Columns);
        new RmsNorm().Run(_pool, x.Tensor, weight, epsilon, y.Tensor);
        return y.Values.ToArray();
    }
}
