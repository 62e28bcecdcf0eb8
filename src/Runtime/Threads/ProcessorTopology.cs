using System.Globalization;

namespace Tessera.Runtime.Threads;

/// <summary>
/// The processors that this process may use, as Linux tells in <c>/sys/devices/system</c>: nodes of memory (NUMA), their cores, and of each core
/// the processors, more than one where cores run several threads (SMT). Where nothing is told there is one node, and each processor is a core.
/// </summary>
/// <param name="Nodes">The nodes that have processors, [node][core][processor number].</param>
internal sealed record ProcessorTopology(int[][][] Nodes)
{
    /// <summary>Cores of all nodes.</summary>
    public int Cores => Nodes.Sum(node => node.Length);

    /// <summary>
    /// Threads that compute fastest: processors of one core share its multipliers, so one for each core, or fewer where the process has less time than that.
    /// </summary>
    public int BestThreads => Math.Min(Cores, Environment.ProcessorCount);

    /// <summary>This machine's.</summary>
    public static ProcessorTopology OfMachine() => OperatingSystem.IsLinux()
        ? Read("/sys/devices/system", ThreadAffinity.Get().ToArray())
        : new([[.. Enumerable.Range(0, Environment.ProcessorCount).Select(processor => new[] { processor })]]);

    /// <param name="folder">The folder in the place of <c>/sys/devices/system</c>.</param>
    /// <param name="allowed">The processors that may be used.</param>
    public static ProcessorTopology Read(string folder, IReadOnlyCollection<int> allowed)
    {
        string nodes = Path.Combine(folder, "node");
        int[][] told = Directory.Exists(nodes)
            ? [.. Directory.EnumerateDirectories(nodes, "node*").OrderBy(NumberOf).Select(node => ReadList(Path.Combine(node, "cpulist")))]
            : [];
        int[][] used = [.. told.Select(node => node.Intersect(allowed).ToArray()).Where(node => node.Length > 0)];
        int[] elsewhere = [.. allowed.Except(used.SelectMany(node => node))];
        return new([.. (elsewhere.Length > 0 ? [.. used, elsewhere] : used).Select(node => CoresOf(folder, node))]);
    }

    private static int[][] CoresOf(string folder, int[] processors) =>
    [
        .. processors.GroupBy(processor =>
        {
            int[] siblings = ReadList(Path.Combine(folder, "cpu", $"cpu{processor}", "topology", "thread_siblings_list"));
            return siblings.Contains(processor) ? siblings.Min() : processor;
        }).Select(core => core.Order().ToArray()).OrderBy(core => core[0]),
    ];

    private static int NumberOf(string folder) => int.Parse(Path.GetFileName(folder).AsSpan("node".Length), CultureInfo.InvariantCulture);

    /// <summary>A list of numbers and ranges, <c>0-3,8</c>; empty if there is no such file.</summary>
    private static int[] ReadList(string file) => !File.Exists(file)
        ? []
        :
        [
            .. File.ReadAllText(file).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(range =>
            {
                int[] ends = [.. range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
                return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
            }),
        ];
}
