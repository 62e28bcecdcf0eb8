using System.Runtime.Intrinsics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Multiplies neighbouring columns of a tensor with one value of another: a factor for each head, or one for the token.</summary>
internal sealed class GroupScaling : TokenOperation
{
    private ActivationRows _x;
    private ActivationRows _factors;

    public void Run(WorkerPool pool, ActivationRows x, ActivationRows factors)
    {
        (_x, _factors) = (x, factors);
        Run(pool, x.Rows);
    }

    /// <summary>Multiplies values with a factor.</summary>
    public static void Scale(Span<float> x, float factor)
    {
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256.Create(x[i..]) * factor).CopyTo(x[i..]);
        }

        for (; i < x.Length; i++)
        {
            x[i] *= factor;
        }
    }

    protected override void ExecuteToken(int token)
    {
        ReadOnlySpan<float> factors = _factors.Row(token);
        Span<float> x = _x.Row(token);
        int length = x.Length / factors.Length;
        for (int i = 0; i < factors.Length; i++)
        {
            Scale(x.Slice(i * length, length), factors[i]);
        }
    }
}
