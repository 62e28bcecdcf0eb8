using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

public class WorkerPoolTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 100)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 1001)]
    [InlineData(5, 3)]
    [InlineData(5, 1000)]
    public void Every_item_is_done_once(int threads, int items)
    {
        using var pool = new WorkerPool(threads);
        var runs = new int[items];

        pool.Run(new Work(item => Interlocked.Increment(ref runs[item])), items);

        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void One_thread_is_the_callers()
    {
        using var pool = new WorkerPool(1);
        var threads = new HashSet<int>();

        pool.Run(new Work(_ => threads.Add(Environment.CurrentManagedThreadId)), 10);

        Assert.Equal([Environment.CurrentManagedThreadId], threads);
    }

    [Fact]
    public void All_threads_take_part()
    {
        using var pool = new WorkerPool(4);

        ExpectAllThreads(pool);
    }

    [Fact]
    public void Threads_that_parked_wake_up()
    {
        using var pool = new WorkerPool(3);
        for (int i = 0; i < 3; i++)
        {
            SpinWait.SpinUntil(() => pool.Parked == pool.Threads - 1);
            ExpectAllThreads(pool);
        }
    }

    [Fact]
    public void The_caller_waits_for_a_thread_that_takes_long()
    {
        using var pool = new WorkerPool(2);
        int caller = Environment.CurrentManagedThreadId;
        using var both = new Barrier(2);
        bool done = false;

        pool.Run(
            new Work(_ =>
            {
                both.SignalAndWait(Cancellation);
                if (Environment.CurrentManagedThreadId != caller)
                {
                    SpinWait.SpinUntil(() => pool.IsCallerParked);
                    done = true;
                }
            }),
            2);

        Assert.True(done);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Thousands_of_small_operations_lose_nothing(int threads)
    {
        using var pool = new WorkerPool(threads);
        var sums = new long[8];
        var work = new Work(item => sums[item] += item + 1);

        // An item's sum is written by whichever thread takes it; the end of a run must make it visible to all.
        for (int run = 0; run < 5000; run++)
        {
            pool.Run(work, 1 + (run % sums.Length));
        }

        Assert.Equal(Enumerable.Range(0, 8).Select(item => (item + 1) * 5000L * (8 - item) / 8), sums);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void What_an_item_throws_reaches_the_caller_and_the_pool_goes_on(int threads)
    {
        using var pool = new WorkerPool(threads);
        var thrown = new InvalidOperationException("an item failed");
        for (int failing = 0; failing < 20; failing++)
        {
            int item = failing;
            Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => pool.Run(new Work(i => ThrowAt(i, item, thrown)), 20)));
            int done = 0;
            pool.Run(new Work(_ => Interlocked.Increment(ref done)), 7);
            Assert.Equal(7, done);
        }
    }

    [Fact]
    public void What_another_thread_throws_reaches_the_caller()
    {
        using var pool = new WorkerPool(2);
        int caller = Environment.CurrentManagedThreadId;
        using var both = new Barrier(2);

        Assert.Throws<InvalidOperationException>(() => pool.Run(
            new Work(_ =>
            {
                both.SignalAndWait(Cancellation);
                if (Environment.CurrentManagedThreadId != caller)
                {
                    throw new InvalidOperationException();
                }
            }),
            2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_cancelled_turn_ends_between_two_items_and_the_next_turn_is_whole(int threads)
    {
        using var pool = new WorkerPool(threads);
        using var cancelled = new CancellationTokenSource();
        int begun = 0;
        using (pool.Enter(cancelled.Token))
        {
            Assert.Throws<WorkCancelledException>(() => pool.Run(
                new Work(_ =>
                {
                    Interlocked.Increment(ref begun);
                    cancelled.Cancel();
                }),
                1000));
        }

        Assert.InRange(begun, 1, threads);
        int done = 0;
        pool.ForEach(7, _ => Interlocked.Increment(ref done));
        Assert.Equal(7, done);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_disposed_pool_runs_nothing(int threads)
    {
        var pool = new WorkerPool(threads);
        pool.Dispose();
        pool.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pool.Run(new Work(_ => Assert.Fail("ran")), 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_pool_has_at_least_one_thread(int threads) => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(threads));

    /// <summary>As many items as threads, each of which waits for all others: it ends only if each is on a thread of its own.</summary>
    private static void ExpectAllThreads(WorkerPool pool)
    {
        using var all = new Barrier(pool.Threads);
        pool.Run(new Work(_ => all.SignalAndWait(Cancellation)), pool.Threads);
    }

    private static void ThrowAt(int item, int failing, Exception error)
    {
        if (item == failing)
        {
            throw error;
        }
    }

    private sealed class Work(Action<int> execute) : Operation
    {
        public override void Execute(int item) => execute(item);
    }
}
