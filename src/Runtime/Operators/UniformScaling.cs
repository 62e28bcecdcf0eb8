using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Multiplies all values of a tensor with a number.</summary>
internal sealed class UniformScaling : TokenOperation
{
    private ActivationRows _x;
    private float _factor;

    public void Run(WorkerPool pool, ActivationRows x, float factor)
    {
        (_x, _factor) = (x, factor);
        Run(pool, x.Rows);
    }

    protected override void ExecuteToken(int token) => GroupScaling.Scale(_x.Row(token), _factor);
}
