using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime.Threads;

public sealed class ProcessorTopologyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tessera-topology-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Processors_are_grouped_into_the_cores_of_their_nodes()
    {
        // Two nodes of two cores with two threads each, numbered as Linux does: a core's second thread comes after all first ones.
        TellNode(0, "0-1,4-5");
        TellNode(1, "2-3,6-7");
        for (int core = 0; core < 4; core++)
        {
            TellSiblings(core, $"{core},{core + 4}");
            TellSiblings(core + 4, $"{core},{core + 4}");
        }

        ProcessorTopology topology = ProcessorTopology.Read(_folder, [.. Enumerable.Range(0, 8)]);

        Assert.Equal([[[0, 4], [1, 5]], [[2, 6], [3, 7]]], topology.Nodes);
        Assert.Equal(4, topology.Cores);
    }

    [Fact]
    public void Nodes_come_in_the_order_of_their_numbers()
    {
        TellNode(10, "2");
        TellNode(9, "1");
        TellNode(0, "0");

        Assert.Equal([[[0]], [[1]], [[2]]], ProcessorTopology.Read(_folder, [0, 1, 2]).Nodes);
    }

    [Fact]
    public void Only_processors_that_may_be_used_count()
    {
        // The first node has memory but no processor for us; of a core with two threads one is left.
        TellNode(0, "0-1");
        TellNode(1, "2-5\n");
        TellSiblings(3, "2-3");
        TellSiblings(2, "2-3");

        Assert.Equal([[[3], [5]]], ProcessorTopology.Read(_folder, [3, 5]).Nodes);
    }

    [Fact]
    public void A_node_without_processors_is_none()
    {
        TellNode(0, "0");
        TellNode(1, "\n");

        Assert.Equal([[[0]]], ProcessorTopology.Read(_folder, [0]).Nodes);
    }

    [Fact]
    public void Where_nothing_is_told_there_is_one_node_and_a_core_for_each_processor() =>
        Assert.Equal([[[0], [1], [7]]], ProcessorTopology.Read(Path.Combine(_folder, "none"), [0, 1, 7]).Nodes);

    [Fact]
    public void This_machine_has_at_least_one_core_and_as_many_processors_as_the_process_may_use()
    {
        ProcessorTopology topology = ProcessorTopology.OfMachine();

        Assert.InRange(topology.BestThreads, 1, Environment.ProcessorCount);
        Assert.True(topology.Nodes.SelectMany(cores => cores).SelectMany(core => core).Distinct().Count() >= Environment.ProcessorCount);
    }

    private void TellNode(int node, string processors) => Write(Path.Combine(_folder, "node", $"node{node}"), "cpulist", processors);

    private void TellSiblings(int processor, string siblings) =>
        Write(Path.Combine(_folder, "cpu", $"cpu{processor}", "topology"), "thread_siblings_list", siblings);

    private static void Write(string folder, string file, string text)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, file), text);
    }
}
