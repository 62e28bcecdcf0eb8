using System.Runtime.Intrinsics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators.Activations;

/// <summary>Applies a function to all values of a tensor, in place.</summary>
internal sealed class ActivationMap<TActivation> : TokenOperation, IUnaryOperation
    where TActivation : struct, IActivation
{
    private ActivationRows _x;

    public void Run(WorkerPool pool, ActivationRows x)
    {
        _x = x;
        Run(pool, x.Rows);
    }

    protected override void ExecuteToken(int token)
    {
        Span<float> x = _x.Row(token);
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            TActivation.Invoke(Vector256.Create(x[i..])).CopyTo(x[i..]);
        }

        for (; i < x.Length; i++)
        {
            x[i] = TActivation.Invoke(x[i]);
        }
    }
}
