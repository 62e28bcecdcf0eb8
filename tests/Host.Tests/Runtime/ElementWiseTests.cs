using Tessera.Runtime.Operators;
using Tessera.Runtime.Operators.Activations;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

public sealed class ElementWiseTests : IDisposable
{
    // exp of 89 is beyond binary32, and of -104 below its smallest number.
    private static readonly float[] Extremes = [100, -100, 88.7f, -88.7f, 89, -89, 104, -104, 1000, -1000, 0, -0f, 1e-30f, -1e-30f, 3e38f, -3e38f, 1];

    private readonly WorkerPool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 96)]
    [InlineData(3, 8)]
    [InlineData(6, 21)]
    public void SwiGlu_is_the_gates_silu_times_the_other(int tokens, int width)
    {
        using TestTensor gate = TestTensor.Random(tokens, width, 1, spread: 12);
        using TestTensor up = TestTensor.Random(tokens, width, 2, spread: 3);
        double[] expected = [.. gate.Values.ToArray().Zip(up.Values.ToArray(), SwiGlu)];
        float[] upBefore = up.Values.ToArray();

        new ElementWise<GatedBy<Silu>>().Run(_pool, gate.Tensor, up.Tensor);

        Assert.All(expected, (value, i) => Assert.Equal(value, gate.Values[i], 1e-6 * Math.Abs(value)));
        Assert.Equal(upBefore, up.Values.ToArray());
    }

    [Fact]
    public void SwiGlu_of_extreme_gates_is_never_NaN()
    {
        // Each extreme in the vectors and in what is left beside them.
        foreach (float extreme in Extremes)
        {
            using TestTensor gate = TestTensor.Of(1, [.. Enumerable.Repeat(extreme, 11)]);
            using TestTensor up = TestTensor.Of(1, [.. Enumerable.Repeat(0.5f, 11)]);

            new ElementWise<GatedBy<Silu>>().Run(_pool, gate.Tensor, up.Tensor);

            double expected = SwiGlu(extreme, 0.5f);
            Assert.All(gate.Values.ToArray(), value => Assert.Equal(expected, value, (1e-6 * Math.Abs(expected)) + 1e-36));
        }
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(4, 16)]
    [InlineData(9, 37)]
    public void Sums_replace_the_first_tensor(int tokens, int width)
    {
        using TestTensor x = TestTensor.Random(tokens, width, 1);
        using TestTensor y = TestTensor.Random(tokens, width, 2);
        float[] expected = [.. x.Values.ToArray().Zip(y.Values.ToArray(), (a, b) => a + b)];

        new ElementWise<AddOperator>().Run(_pool, x.Tensor, y.Tensor);

        Assert.Equal(expected, x.Values.ToArray());
    }

    private static double SwiGlu(float gate, float up) => gate / (1 + Math.Exp(-(double)gate)) * up;
}
