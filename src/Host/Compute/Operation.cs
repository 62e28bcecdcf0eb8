namespace Tessera.Compute;

/// <summary>Work that all threads of a pool do together. Its inputs are fields that are set before it runs, so that running it allocates nothing.</summary>
internal abstract class Operation
{
    /// <summary>Does one thread's part.</summary>
    /// <param name="worker">0 to <paramref name="workers"/> - 1.</param>
    /// <param name="workers">The threads that take part.</param>
    public abstract void Execute(int worker, int workers);
}
