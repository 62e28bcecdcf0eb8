using System.Runtime.Intrinsics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Experts;

/// <summary>Adds the weighted results of a token's experts, the likeliest first.</summary>
internal sealed class ExpertSum : TokenOperation
{
    private ActivationRows _x;
    private ActivationRows _y;
    private ExpertRouting _routing = null!;

    public void Run(WorkerPool pool, ActivationRows x, ExpertRouting routing, ActivationRows y)
    {
        (_x, _routing, _y) = (x, routing, y);
        Run(pool, y.Rows);
    }

    protected override void ExecuteToken(int token)
    {
        ReadOnlySpan<int> rows = _routing.RowsOf(token);
        ReadOnlySpan<float> weights = _routing.WeightsOf(token);
        Span<float> y = _y.Row(token);
        y.Clear();
        for (int rank = 0; rank < rows.Length; rank++)
        {
            Add(_x.Row(rows[rank]), weights[rank], y);
        }
    }

    private static void Add(ReadOnlySpan<float> x, float weight, Span<float> y)
    {
        int i = 0;
        for (; i <= y.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256.Create(y[i..]) + (Vector256.Create(x[i..]) * weight)).CopyTo(y[i..]);
        }

        for (; i < y.Length; i++)
        {
            y[i] += x[i] * weight;
        }
    }
}
