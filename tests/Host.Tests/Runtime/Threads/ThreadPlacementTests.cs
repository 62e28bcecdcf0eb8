using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime.Threads;

public class ThreadPlacementTests
{
    private static readonly ProcessorTopology s_twoNodes = new([[[0, 4], [1, 5]], [[2, 6], [3, 7]]]);

    [Fact]
    public void Pinned_threads_take_all_cores_before_two_share_one()
    {
        ThreadPlacement placement = ThreadPlacement.On(s_twoNodes, 9, pin: true, byNode: false);

        Assert.Equal(1, placement.Nodes);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 0], placement.Threads.Select(place => Assert.Single(place.Processors!)));
    }

    [Theory]
    [InlineData(2, new[] { 0, 1 })]
    [InlineData(3, new[] { 0, 0, 1 })]
    [InlineData(4, new[] { 0, 0, 1, 1 })]
    public void Nodes_have_the_same_number_of_threads(int threads, int[] nodes)
    {
        ThreadPlacement placement = ThreadPlacement.On(s_twoNodes, threads, pin: false, byNode: true);

        Assert.Equal(2, placement.Nodes);
        Assert.Equal(nodes, placement.Threads.Select(place => place.Node));
        Assert.All(placement.Threads, place => Assert.Equal(place.Node == 0 ? [0, 4, 1, 5] : [2, 6, 3, 7], place.Processors!));
    }

    [Fact]
    public void Pinned_threads_of_a_node_take_its_cores()
    {
        ThreadPlacement placement = ThreadPlacement.On(s_twoNodes, 6, pin: true, byNode: true);

        Assert.Equal([0, 1, 4, 2, 3, 6], placement.Threads.Select(place => Assert.Single(place.Processors!)));
    }

    [Fact]
    public void A_single_thread_uses_one_node() => Assert.Equal(1, ThreadPlacement.On(s_twoNodes, 1, pin: false, byNode: true).Nodes);

    [Fact]
    public void Without_a_wish_the_system_decides()
    {
        ThreadPlacement placement = ThreadPlacement.Anywhere(3);

        Assert.Equal(1, placement.Nodes);
        Assert.Equal([new ThreadPlace(0, null), new ThreadPlace(0, null), new ThreadPlace(0, null)], placement.Threads);
    }
}
