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

    protected override void ExecuteToken(int token)
    {
        ReadOnlySpan<float> factors = _factors.Row(token);
        Span<float> x = _x.Row(token);
        int length = x.Length / factors.Length;
        for (int i = 0; i < factors.Length; i++)
        {
            ValueMap<Factor>.Apply(x.Slice(i * length, length), new Factor(factors[i]));
        }
    }
}
