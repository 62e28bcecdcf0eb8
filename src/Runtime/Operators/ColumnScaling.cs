using System.Runtime.Intrinsics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Multiplies each column of a tensor with a weight of its own.</summary>
internal sealed class ColumnScaling : TokenOperation
{
    private ActivationRows _x;
    private float[] _weights = [];

    public void Run(WorkerPool pool, ActivationRows x, float[] weights)
    {
        (_x, _weights) = (x, weights);
        Run(pool, x.Rows);
    }

    protected override void ExecuteToken(int token)
    {
        Span<float> x = _x.Row(token);
        ReadOnlySpan<float> weights = _weights;
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256.Create(x[i..]) * Vector256.Create(weights[i..])).CopyTo(x[i..]);
        }

        for (; i < x.Length; i++)
        {
            x[i] *= weights[i];
        }
    }
}
