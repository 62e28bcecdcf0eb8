using System.Runtime.Intrinsics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Applies an operator to all values of two tensors of one shape, into the first.</summary>
internal sealed class ElementWise<TOperator> : TokenOperation, IBinaryOperation
    where TOperator : struct, IBinaryOperator
{
    private ActivationRows _x;
    private ActivationRows _y;

    public void Run(WorkerPool pool, ActivationRows x, ActivationRows y)
    {
        (_x, _y) = (x, y);
        Run(pool, x.Rows);
    }

    protected override void ExecuteToken(int token)
    {
        Span<float> x = _x.Row(token);
        ReadOnlySpan<float> y = _y.Row(token);
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            TOperator.Invoke(Vector256.Create(x[i..]), Vector256.Create(y[i..])).CopyTo(x[i..]);
        }

        for (; i < x.Length; i++)
        {
            x[i] = TOperator.Invoke(x[i], y[i]);
        }
    }
}
