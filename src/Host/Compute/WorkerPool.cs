using System.Runtime.ExceptionServices;

namespace Tessera.Compute;

/// <summary>
/// The engine's own threads. The caller works as thread 0. Between two operations the others spin for a moment, because the next one
/// usually follows within microseconds, then park. One caller at a time.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    // About 100 microseconds: longer than the serial work between two operations, shorter than anyone minds a busy processor.
    private const int SpinRounds = 2000;
    private const int SpinIterations = 8;

    private readonly Lock _caller = new();
    private readonly object _start = new();
    private readonly object _done = new();
    private readonly Thread[] _threads;
    private Operation? _operation;
    private ExceptionDispatchInfo? _error;
    private int _generation;
    private int _parked;
    private int _remaining;
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
            int worker = i + 1;
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"Tessera {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads including the caller's.</summary>
    public int Threads { get; }

    /// <summary>Held while a caller uses the pool for a whole forward pass.</summary>
    public Lock Caller => _caller;

    /// <summary>Runs an operation on all threads and returns when all have done their part.</summary>
    public void Run(Operation operation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_threads.Length == 0)
        {
            operation.Execute(0, 1);
            return;
        }

        _operation = operation;
        _remaining = _threads.Length;
        Interlocked.Increment(ref _generation);
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_start)
            {
                Monitor.PulseAll(_start);
            }
        }

        Execute(operation, 0);
        WaitForOthers();
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
            Interlocked.Increment(ref _generation);
            Monitor.PulseAll(_start);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work(int worker)
    {
        for (int seen = 0; ; seen++)
        {
            WaitForStart(seen);
            if (_disposed)
            {
                return;
            }

            Execute(_operation!, worker);
            if (Interlocked.Decrement(ref _remaining) == 0 && Volatile.Read(ref _callerParked) != 0)
            {
                lock (_done)
                {
                    Monitor.Pulse(_done);
                }
            }
        }
    }

    private void Execute(Operation operation, int worker)
    {
        try
        {
            operation.Execute(worker, Threads);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
        }
    }

    private void WaitForStart(int seen)
    {
        for (int i = 0; i < SpinRounds; i++)
        {
            if (Volatile.Read(ref _generation) != seen)
            {
                return;
            }

            Thread.SpinWait(SpinIterations);
        }

        lock (_start)
        {
            // A full fence: either this thread sees the new generation, or the caller sees that it is parked.
            Interlocked.Increment(ref _parked);
            while (Volatile.Read(ref _generation) == seen)
            {
                Monitor.Wait(_start);
            }

            Interlocked.Decrement(ref _parked);
        }
    }

    private void WaitForOthers()
    {
        for (int i = 0; i < SpinRounds; i++)
        {
            if (Volatile.Read(ref _remaining) == 0)
            {
                return;
            }

            Thread.SpinWait(SpinIterations);
        }

        lock (_done)
        {
            Interlocked.Exchange(ref _callerParked, 1);
            while (Volatile.Read(ref _remaining) != 0)
            {
                Monitor.Wait(_done);
            }

            Volatile.Write(ref _callerParked, 0);
        }
    }
}
