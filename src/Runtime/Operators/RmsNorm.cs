using System.Runtime.Intrinsics;
using Tessera.Architectures;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary><c>y = x / sqrt(mean(x²) + epsilon) * weight</c> for each token (Zhang and Sennrich 2019). The sum is kept in 64 bits.</summary>
internal sealed class RmsNorm : TokenOperation
{
    private Tensor _x;
    private Tensor _y;
    private float[] _weight = [];
    private float _epsilon;

    public void Run(WorkerPool pool, Tensor x, float[] weight, float epsilon, Tensor y)
    {
        (_x, _y, _weight, _epsilon) = (x, y, weight, epsilon);
        Run(pool, x.Rows);
    }

    protected override void ExecuteToken(int token)
    {
        ReadOnlySpan<float> x = _x.Row(token);
        float scale = (float)(1.0 / Math.Sqrt((SumOfSquares(x) / x.Length) + _epsilon));
        ReadOnlySpan<float> weight = _weight;
        Span<float> y = _y.Row(token);
        int i = 0;
        for (; i <= y.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256.Create(x[i..]) * scale * Vector256.Create(weight[i..])).CopyTo(y[i..]);
        }

        for (; i < y.Length; i++)
        {
            y[i] = x[i] * scale * weight[i];
        }
    }

    private static double SumOfSquares(ReadOnlySpan<float> x)
    {
        Vector256<double> lower = Vector256<double>.Zero;
        Vector256<double> upper = Vector256<double>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(x[i..]));
            lower += a * a;
            upper += b * b;
        }

        double sum = Vector256.Sum(lower + upper);
        for (; i < x.Length; i++)
        {
            sum += (double)x[i] * x[i];
        }

        return sum;
    }
}
