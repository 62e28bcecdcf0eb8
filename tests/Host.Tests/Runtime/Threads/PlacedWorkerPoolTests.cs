using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime.Threads;

public class PlacedWorkerPoolTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(2, 2, 1)]
    [InlineData(2, 3, 7)]
    [InlineData(3, 3, 1000)]
    [InlineData(4, 5, 1001)]
    public void Every_item_is_done_once(int nodes, int threads, int items)
    {
        using var pool = new WorkerPool(OnNodes(nodes, threads));
        var runs = new int[items];

        pool.ForEach(items, item => Interlocked.Increment(ref runs[item]));

        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void A_thread_begins_with_its_nodes_items()
    {
        using var pool = new WorkerPool(OnNodes(2, 2));
        int caller = Environment.CurrentManagedThreadId;
        using var both = new Barrier(2);
        var first = new int[2];
        Array.Fill(first, -1);

        pool.ForEach(10, item =>
        {
            ref int mine = ref first[Environment.CurrentManagedThreadId == caller ? 0 : 1];
            if (mine < 0)
            {
                mine = item;
                both.SignalAndWait(Cancellation);
            }
        });

        Assert.Equal([0, 5], first);
    }

    [Fact]
    public void A_thread_helps_the_other_node_when_its_own_items_are_done()
    {
        using var pool = new WorkerPool(OnNodes(2, 2));
        int caller = Environment.CurrentManagedThreadId;
        using var begun = new ManualResetEventSlim();
        using var done = new CountdownEvent(9);

        // The caller stays in its first item until all others are done, which the other thread begins when the caller has one.
        pool.ForEach(10, _ =>
        {
            if (Environment.CurrentManagedThreadId == caller)
            {
                begun.Set();
                done.Wait(Cancellation);
            }
            else
            {
                begun.Wait(Cancellation);
                done.Signal();
            }
        });
    }

    [Fact]
    public void What_an_item_throws_ends_the_operation_on_all_nodes()
    {
        using var pool = new WorkerPool(OnNodes(2, 2));

        Assert.Throws<InvalidOperationException>(() => pool.ForEach(100, _ => throw new InvalidOperationException()));

        int done = 0;
        pool.ForEach(7, _ => Interlocked.Increment(ref done));
        Assert.Equal(7, done);
    }

    [Fact]
    public void Threads_run_in_their_place_and_the_caller_goes_back_to_its_own()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are placed on Linux only.");
        int[] before = ThreadAffinity.Get().ToArray();
        using var pool = new WorkerPool(new ThreadPlacement(1, [new ThreadPlace(0, [before[0]]), new ThreadPlace(0, [before[^1]])]));
        int caller = Environment.CurrentManagedThreadId;
        int[] callers = [], others = [];
        using var both = new Barrier(2);

        pool.ForEach(2, _ =>
        {
            int[] mine = ThreadAffinity.Get().ToArray();
            (Environment.CurrentManagedThreadId == caller ? ref callers : ref others) = mine;
            both.SignalAndWait(Cancellation);
        });

        Assert.Equal([before[0]], callers);
        Assert.Equal([before[^1]], others);
        Assert.Equal(before, ThreadAffinity.Get().ToArray());
    }

    [Fact]
    public void A_processor_that_is_not_there_leaves_a_thread_where_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are placed on Linux only.");
        int[] before = ThreadAffinity.Get().ToArray();

        ThreadAffinity.To([8191]).Set();

        Assert.Equal(before, ThreadAffinity.Get().ToArray());
    }

    internal static ThreadPlacement OnNodes(int nodes, int threads) =>
        new(nodes, [.. Enumerable.Range(0, threads).Select(thread => new ThreadPlace(thread * nodes / threads, null))]);
}
