using Xunit;

namespace Tessera.Conformance;

/// <summary>Work for threads that are there for certain and begin together. A pool may give one alone.</summary>
internal static class ManyThreads
{
    private const int Threads = 8;

    /// <summary>Does all items, each once, and rethrows the first failure.</summary>
    public static void Do(int items, Action<int> action)
    {
        int taken = 0;
        Exception? failure = null;
        using var start = new Barrier(Threads);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(Work))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.True(failure is null, $"{failure}");

        void Work()
        {
            start.SignalAndWait();
            while (Interlocked.Increment(ref taken) - 1 is int item && item < items && failure is null)
            {
                try
                {
                    action(item);
                }
                catch (Exception e)
                {
                    failure = e;
                }
            }
        }
    }
}
