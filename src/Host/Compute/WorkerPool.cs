using System.Runtime.ExceptionServices;

namespace Tessera.Compute;

/// <summary>
/// The engine's own threads. The caller works with them. Threads take items as they come, and an operation is over when all items are done:
/// a thread that the system has not woken in time is not waited for. Between two operations the threads spin for a moment, because
/// the next one usually follows within microseconds, then park. One caller at a time.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    // About 100 microseconds: longer than the serial work between two operations, shorter than anyone minds a busy processor.
    private const int SpinRounds = 2000;
    private const int SpinIterations = 8;

    // The state in one word, so that joining and closing cannot miss each other: generation, closed, threads that joined.
    private const int GenerationShift = 32;
    private const long Generation = 1L << GenerationShift;
    private const long Closed = 1L << 31;
    private const long JoinedMask = Closed - 1;

    private readonly object _start = new();
    private readonly object _done = new();
    private readonly Thread[] _threads;
    private Operation? _operation;
    private ExceptionDispatchInfo? _error;
    private long _state = Closed;
    private int _items;
    private int _nextItem;
    private int _parked;
    private int _callerParked;
    private volatile bool _disposed;

    /// <param name="threads">Threads including the caller's, at least 1.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"Tessera {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads including the caller's.</summary>
    public int Threads { get; }

    /// <summary>Held while a caller uses the pool for a whole forward pass.</summary>
    public Lock Caller { get; } = new();

    /// <summary>Runs an operation's items on all threads and returns when all are done.</summary>
    public void Run(Operation operation, int items)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_threads.Length == 0 || items <= 1)
        {
            for (int item = 0; item < items; item++)
            {
                operation.Execute(item);
            }

            return;
        }

        _operation = operation;
        _items = items;
        _nextItem = 0;
        Interlocked.Exchange(ref _state, (_state & ~(Generation - 1)) + Generation);
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_start)
            {
                Monitor.PulseAll(_start);
            }
        }

        TakeItems(operation);
        Interlocked.Or(ref _state, Closed);
        WaitForJoined();
        if (Interlocked.Exchange(ref _error, null) is ExceptionDispatchInfo error)
        {
            error.Throw();
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        lock (_start)
        {
            Interlocked.Add(ref _state, Generation);
            Monitor.PulseAll(_start);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work()
    {
        for (long seen = 0; ;)
        {
            WaitForStart(seen);
            if (_disposed)
            {
                return;
            }

            long state = Volatile.Read(ref _state);
            seen = state >> GenerationShift;
            if ((state & Closed) == 0 && Interlocked.CompareExchange(ref _state, state + 1, state) == state)
            {
                TakeItems(_operation!);
                Leave();
            }
            else if ((state & Closed) == 0)
            {
                seen--;
            }
        }
    }

    private void TakeItems(Operation operation)
    {
        try
        {
            int item;
            while ((item = Interlocked.Increment(ref _nextItem) - 1) < _items)
            {
                operation.Execute(item);
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
            Volatile.Write(ref _nextItem, _items);
        }
    }

    private void Leave()
    {
        if ((Interlocked.Decrement(ref _state) & (Closed | JoinedMask)) == Closed && Volatile.Read(ref _callerParked) != 0)
        {
            lock (_done)
            {
                Monitor.Pulse(_done);
            }
        }
    }

    private void WaitForStart(long seen)
    {
        for (int i = 0; i < SpinRounds; i++)
        {
            if (Volatile.Read(ref _state) >> GenerationShift != seen)
            {
                return;
            }

            Thread.SpinWait(SpinIterations);
        }

        lock (_start)
        {
            // A full fence: either this thread sees the new generation, or the caller sees that it is parked.
            Interlocked.Increment(ref _parked);
            while (Volatile.Read(ref _state) >> GenerationShift == seen)
            {
                Monitor.Wait(_start);
            }

            Interlocked.Decrement(ref _parked);
        }
    }

    private void WaitForJoined()
    {
        for (int i = 0; i < SpinRounds; i++)
        {
            if ((Volatile.Read(ref _state) & JoinedMask) == 0)
            {
                return;
            }

            Thread.SpinWait(SpinIterations);
        }

        lock (_done)
        {
            Interlocked.Exchange(ref _callerParked, 1);
            while ((Volatile.Read(ref _state) & JoinedMask) != 0)
            {
                Monitor.Wait(_done);
            }

            Volatile.Write(ref _callerParked, 0);
        }
    }
}
