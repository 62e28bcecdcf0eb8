using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Tessera.Runtime.Threads;

/// <summary>
/// The engine's own threads. The caller works with them. Threads take items as they come, and an operation is over when all items are done:
/// a thread that the system has not woken in time is not waited for. Between two operations the threads spin for a moment, because
/// the next one usually follows within microseconds, then park. One caller at a time. With more than one node of memory the items are shared out
/// among the nodes, in order, and a thread takes from other nodes only what their own threads have not come to.
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
    private readonly ThreadPlacement _placement;
    private readonly NodeItems[] _nodeItems;
    private readonly Lock _caller = new();
    private Operation? _operation;
    private ExceptionDispatchInfo? _error;
    private long _state = Closed;
    private int _parked;
    private int _callerParked;
    private CancellationToken _cancellation;
    private volatile bool _disposed;

    /// <param name="threads">Threads including the caller's, at least 1.</param>
    public WorkerPool(int threads)
        : this(ThreadPlacement.Anywhere(threads))
    {
    }

    /// <param name="placement">Where the threads run, the caller's first.</param>
    public WorkerPool(ThreadPlacement placement)
    {
        _placement = placement;
        _nodeItems = new NodeItems[placement.Nodes];
        _threads = new Thread[placement.Threads.Count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            ThreadPlace place = placement.Threads[i + 1];
            _threads[i] = new Thread(() => Work(place)) { IsBackground = true, Name = $"Tessera {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads including the caller's.</summary>
    public int Threads => _placement.Threads.Count;

    /// <summary>Nodes of memory. Of an operation's items each node has the same number, in order.</summary>
    public int Nodes => _placement.Nodes;

    /// <summary>Threads that wait to be woken.</summary>
    public int Parked => Volatile.Read(ref _parked);

    /// <summary>Whether the caller, its own items done, waits to be woken.</summary>
    public bool IsCallerParked => Volatile.Read(ref _callerParked) != 0;

    /// <summary>Makes the calling thread the pool's first, in its place, until the turn is disposed; other callers wait.</summary>
    /// <param name="cancellation">Ends the operations of this turn between two items; their results are not whole then.</param>
    public Turn Enter(CancellationToken cancellation = default) => new(this, cancellation);

    /// <summary>Runs an operation's items on all threads and returns when all are done.</summary>
    /// <exception cref="WorkCancelledException">The turn was cancelled.</exception>
    public void Run(Operation operation, int items)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_threads.Length == 0 || items <= 1)
        {
            for (int item = 0; item < items; item++)
            {
                ThrowIfCancelled();
                operation.Execute(item);
            }

            return;
        }

        _operation = operation;
        ShareOut(items);
        Interlocked.Exchange(ref _state, (_state & ~(Generation - 1)) + Generation);
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_start)
            {
                Monitor.PulseAll(_start);
            }
        }

        TakeItems(operation, _placement.Threads[0].Node);
        Interlocked.Or(ref _state, Closed);
        WaitForJoined();
        if (Interlocked.Exchange(ref _error, null) is ExceptionDispatchInfo error)
        {
            error.Throw();
        }
    }

    /// <summary>Does work for the numbers from 0 to before a count, in a turn of its own.</summary>
    public void ForEach(int count, Action<int> work)
    {
        using (Enter())
        {
            Run(new Each(work), count);
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

    private void ThrowIfCancelled()
    {
        if (_cancellation.IsCancellationRequested)
        {
            throw new WorkCancelledException();
        }
    }

    private void Work(ThreadPlace place)
    {
        if (place.Processors is { } processors)
        {
            ThreadAffinity.To(processors).Set();
        }

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
                TakeItems(_operation!, place.Node);
                Leave();
            }
            else if ((state & Closed) == 0)
            {
                seen--;
            }
        }
    }

    private void ShareOut(int items)
    {
        int perNode = (items + _nodeItems.Length - 1) / _nodeItems.Length;
        for (int node = 0; node < _nodeItems.Length; node++)
        {
            _nodeItems[node].Next = node * perNode;
            _nodeItems[node].End = Math.Min(items, (node + 1) * perNode);
        }
    }

    private void TakeItems(Operation operation, int home)
    {
        try
        {
            for (int i = 0; i < _nodeItems.Length; i++)
            {
                ref NodeItems items = ref _nodeItems[(home + i) % _nodeItems.Length];
                int item;
                while ((item = Interlocked.Increment(ref items.Next) - 1) < items.End)
                {
                    ThrowIfCancelled();
                    operation.Execute(item);
                }
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
            foreach (ref NodeItems items in _nodeItems.AsSpan())
            {
                Volatile.Write(ref items.Next, items.End);
            }
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

    /// <summary>A caller's time as the pool's first thread.</summary>
    public readonly ref struct Turn
    {
        private readonly WorkerPool _pool;
        private readonly ThreadAffinity _before;

        internal Turn(WorkerPool pool, CancellationToken cancellation)
        {
            _pool = pool;
            pool._caller.Enter();
            pool._cancellation = cancellation;
            if (Processors is { } processors)
            {
                _before = ThreadAffinity.Get();
                ThreadAffinity.To(processors).Set();
            }
        }

        private int[]? Processors => _pool._placement.Threads[0].Processors;

        public void Dispose()
        {
            if (Processors is not null)
            {
                _before.Set();
            }

            _pool._cancellation = default;
            _pool._caller.Exit();
        }
    }

    private sealed class Each(Action<int> work) : Operation
    {
        public override void Execute(int item) => work(item);
    }

    /// <summary>A node's items that nobody has taken yet, in cache lines of their own: threads of a node write to no other's.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct NodeItems
    {
        public int Next;
        public int End;
    }
}
