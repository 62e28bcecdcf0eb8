namespace Tessera.Runtime.Threads;

/// <summary>
/// Work in items that the threads of a pool take one after the other. Its inputs are fields that are set before it runs, so that running it
/// allocates nothing.
/// </summary>
internal abstract class Operation
{
    /// <summary>Does one item; several threads call it at once for different items.</summary>
    public abstract void Execute(int item);
}
