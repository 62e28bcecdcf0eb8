using Tessera.Architectures;
using Tessera.Runtime.Operators;
using Tessera.Runtime.Operators.Activations;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

public sealed class ActivationTests : IDisposable
{
    private readonly WorkerPool _pool = new(2);
    private readonly ActivationOperations _operations = new();

    public void Dispose() => _pool.Dispose();

    public static TheoryData<Activation> All => [.. Enum.GetValues<Activation>()];

    [Theory]
    [MemberData(nameof(All))]
    public void A_function_is_what_it_is_defined_as(Activation f)
    {
        float[] points = [.. Enumerable.Range(-2400, 4801).Select(i => i / 200f), -100, 100, -88, 88, 1e-20f, -1e-20f, 0, 1e-4f, -1e-4f];
        using TestTensor x = TestTensor.Of(1, points);

        _operations.Map(f).Run(_pool, x.Tensor);

        for (int i = 0; i < points.Length; i++)
        {
            double expected = Define(f, points[i]);
            Assert.True(
                Math.Abs(expected - x.Values[i]) <= (2e-6 * Math.Abs(expected)) + 1e-9, $"{f}({points[i]:R}): expected {expected:R}, got {x.Values[i]:R}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_gate_is_the_function_times_the_other(Activation f)
    {
        using TestTensor gate = TestTensor.Random(3, 21, 1, spread: 6);
        using TestTensor up = TestTensor.Random(3, 21, 2, spread: 3);
        double[] expected = [.. gate.Values.ToArray().Zip(up.Values.ToArray(), (g, u) => Define(f, g) * u)];

        _operations.Gate(f).Run(_pool, gate.Tensor, up.Tensor);

        Assert.All(expected, (value, i) => Assert.Equal(value, gate.Values[i], (4e-6 * Math.Abs(value)) + 1e-7));
    }

    [Fact]
    public void Xielu_is_what_it_is_defined_as()
    {
        float[] points = [.. Enumerable.Range(-2400, 4801).Select(i => i / 200f), -1000, -88, 1e-20f, -1e-20f, 0, 1e-4f, -1e-4f, -1e-6f, -1e-7f];
        using TestTensor x = TestTensor.Of(1, points);

        new ValueMap<Xielu>().Run(_pool, x.Tensor, new Xielu(alphaP: 0.8f, alphaN: 1.3f, beta: 0.5f, epsilon: -1e-6f));

        for (int i = 0; i < points.Length; i++)
        {
            double v = points[i];
            double least = Math.Min(v, -1e-6f);
            double expected = v > 0 ? (0.8f * v * v) + (0.5 * v) : (1.3f * (Math.Exp(least) - 1 - v)) + (0.5 * v);
            Assert.Equal(expected, x.Values[i], (4e-7 * Math.Abs(v)) + 1e-12 + (1e-6 * Math.Abs(expected)));
        }
    }

    [Fact]
    public void Shifted_clamped_and_scaled_values_are_those()
    {
        float[] points = [.. Enumerable.Range(-20, 41).Select(i => i / 2f), float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        foreach ((Action<TestTensor> run, Func<float, float> define) in new (Action<TestTensor>, Func<float, float>)[]
        {
            (x => new ValueMap<Shift>().Run(_pool, x.Tensor, new Shift(0.75f)), v => v + 0.75f),
            (x => new ValueMap<Factor>().Run(_pool, x.Tensor, new Factor(0.75f)), v => v * 0.75f),
            (x => new ValueMap<Clamping>().Run(_pool, x.Tensor, new Clamping(-3, 7)), v => MathF.Min(MathF.Max(v, -3), 7)),
            (x => new ValueMap<Clamping>().Run(_pool, x.Tensor, new Clamping(float.NegativeInfinity, 7)), v => MathF.Min(v, 7)),
        })
        {
            using TestTensor x = TestTensor.Of(1, points);
            run(x);
            Assert.Equal(points.Select(define), x.Values.ToArray());
        }
    }

    [Fact]
    public void A_function_that_does_not_exist_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => _operations.Map((Activation)99));

    private static double Define(Activation f, double x) => f switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Gelu => x / 2 * Erfc(-x / Math.Sqrt(2)),
        Activation.GeluTanh => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        Activation.GeluQuick => x / (1 + Math.Exp(-1.702 * x)),
        Activation.Relu => Math.Max(x, 0),
        Activation.ReluSquared => Math.Max(x, 0) * Math.Max(x, 0),
        Activation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        Activation.Tanh => Math.Tanh(x),
        Activation.Softplus => x > 0 ? x + Log1P(Math.Exp(-x)) : Log1P(Math.Exp(x)),
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static double Log1P(double x) => x < 1e-5 ? x - (x * x / 2) : Math.Log(1 + x);

    /// <summary>The complementary error function: its series near zero, its continued fraction elsewhere (Abramowitz and Stegun, 7.1.5 and 7.1.14).</summary>
    private static double Erfc(double x)
    {
        if (x < 0)
        {
            return 2 - Erfc(-x);
        }

        if (x < 2.5)
        {
            double term = x;
            double sum = x;
            for (int n = 1; n < 80; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }

            return 1 - (2 / Math.Sqrt(Math.PI) * sum);
        }

        double fraction = 0;
        for (int n = 120; n > 0; n--)
        {
            fraction = n / 2.0 / (x + fraction);
        }

        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (x + fraction));
    }
}
