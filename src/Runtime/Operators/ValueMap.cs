using System.Runtime.Intrinsics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Applies a function that has numbers of its own to all values of a tensor, in place.</summary>
internal sealed class ValueMap<TFunction> : TokenOperation
    where TFunction : struct, IValueFunction
{
    private ActivationRows _x;
    private TFunction _f;

    public void Run(WorkerPool pool, ActivationRows x, TFunction f)
    {
        (_x, _f) = (x, f);
        Run(pool, x.Rows);
    }

    /// <summary>Applies the function to values, in place.</summary>
    public static void Apply(Span<float> x, TFunction f)
    {
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            f.Invoke(Vector256.Create(x[i..])).CopyTo(x[i..]);
        }

        for (; i < x.Length; i++)
        {
            x[i] = f.Invoke(Vector256.Create(x[i]))[0];
        }
    }

    protected override void ExecuteToken(int token) => Apply(_x.Row(token), _f);
}
