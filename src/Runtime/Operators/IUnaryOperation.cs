using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Operators;

/// <summary>Replaces a tensor's values.</summary>
internal interface IUnaryOperation
{
    void Run(WorkerPool pool, ActivationRows x);
}
