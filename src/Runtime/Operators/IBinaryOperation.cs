using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Replaces the first tensor's values by what they and the second's make.</summary>
internal interface IBinaryOperation
{
    void Run(WorkerPool pool, ActivationRows x, ActivationRows y);
}
