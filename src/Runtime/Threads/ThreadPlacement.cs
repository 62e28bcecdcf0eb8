namespace Tessera.Runtime.Threads;

/// <summary>Where a pool's threads run.</summary>
/// <param name="Nodes">Nodes of memory among which the work is shared out.</param>
/// <param name="Threads">A place for each thread, the caller's first.</param>
internal sealed record ThreadPlacement(int Nodes, IReadOnlyList<ThreadPlace> Threads)
{
    /// <summary>Threads that run where the system puts them.</summary>
    public static ThreadPlacement Anywhere(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return new(1, [.. Enumerable.Repeat(new ThreadPlace(0, null), threads)]);
    }

    /// <summary>Threads that keep to a core or a node.</summary>
    /// <param name="topology">The machine.</param>
    /// <param name="threads">How many.</param>
    /// <param name="pin">Whether each has a core for itself; only when all cores have one do two threads share one.</param>
    /// <param name="byNode">Whether they are distributed over the nodes, the same number for each, and work is shared out among nodes.</param>
    public static ThreadPlacement On(ProcessorTopology topology, int threads, bool pin, bool byNode)
    {
        int nodes = byNode ? Math.Min(topology.Nodes.Length, threads) : 1;
        int[][] all = [.. topology.Nodes.SelectMany(cores => cores)];
        var taken = new int[nodes];
        return new(nodes, [.. Enumerable.Range(0, threads).Select(thread =>
        {
            int node = (int)((long)thread * nodes / threads);
            int[][] cores = byNode ? topology.Nodes[node] : all;
            return new ThreadPlace(node, pin ? [ProcessorOf(cores, taken[node]++)] : [.. cores.SelectMany(core => core)]);
        })]);
    }

    private static int ProcessorOf(int[][] cores, int thread)
    {
        int[] core = cores[thread % cores.Length];
        return core[thread / cores.Length % core.Length];
    }
}

/// <summary>Where a thread runs.</summary>
/// <param name="Node">The node whose part of the work it takes first.</param>
/// <param name="Processors">The processors that it may run on, or null for all.</param>
internal readonly record struct ThreadPlace(int Node, int[]? Processors);
