using System.Runtime.Intrinsics;
using Tessera.Architectures;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>
/// RMS norm and layer norm of each token, or of each group of its columns. Sums are kept in 64 bits.
/// </summary>
internal sealed class Normalization : TokenOperation
{
    private ActivationRows _x;
    private ActivationRows _y;
    private Norm _norm = null!;
    private float[]? _weight;
    private float[]? _bias;
    private int _groupLength;

    public void Run(WorkerPool pool, ActivationRows x, Norm norm, int groupLength, ActivationRows y)
    {
        (_x, _norm, _groupLength, _y) = (x, norm, groupLength, y);
        (_weight, _bias) = ((norm.Weight as WeightVector)?.Values, (norm.Bias as WeightVector)?.Values);
        Run(pool, x.Rows);
    }

    protected override void ExecuteToken(int token)
    {
        ReadOnlySpan<float> x = _x.Row(token);
        Span<float> y = _y.Row(token);
        for (int first = 0; first < x.Length; first += _groupLength)
        {
            Normalize(x.Slice(first, _groupLength), y.Slice(first, _groupLength));
        }
    }

    private void Normalize(ReadOnlySpan<float> x, Span<float> y)
    {
        float mean = _norm.SubtractsMean ? (float)(Sum(x) / x.Length) : 0;
        float scale = (float)(1.0 / Math.Sqrt((SumOfSquares(x, mean) / x.Length) + _norm.Epsilon));
        ReadOnlySpan<float> weight = _weight;
        ReadOnlySpan<float> bias = _bias;
        int i = 0;
        for (; i <= y.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> value = (Vector256.Create(x[i..]) - Vector256.Create(mean)) * scale;
            value = weight.IsEmpty ? value : value * Vector256.Create(weight[i..]);
            value = bias.IsEmpty ? value : value + Vector256.Create(bias[i..]);
            value.CopyTo(y[i..]);
        }

        for (; i < y.Length; i++)
        {
            float value = (x[i] - mean) * scale;
            value = weight.IsEmpty ? value : value * weight[i];
            y[i] = bias.IsEmpty ? value : value + bias[i];
        }
    }

    private static double Sum(ReadOnlySpan<float> x)
    {
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(x[i..]));
            sums += a + b;
        }

        double sum = Vector256.Sum(sums);
        for (; i < x.Length; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    private static double SumOfSquares(ReadOnlySpan<float> x, float mean)
    {
        Vector256<double> lower = Vector256<double>.Zero;
        Vector256<double> upper = Vector256<double>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(x[i..]) - Vector256.Create(mean));
            lower += a * a;
            upper += b * b;
        }

        double sum = Vector256.Sum(lower + upper);
        for (; i < x.Length; i++)
        {
            sum += (double)(x[i] - mean) * (x[i] - mean);
        }

        return sum;
    }
}
