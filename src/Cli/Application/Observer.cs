namespace Tessera.Cli.Application;

/// <summary>Keeps the latest report. It is called on the working thread; <see cref="Progress{T}"/> would queue the reports.</summary>
internal sealed class Observer<T> : IProgress<T>
    where T : struct
{
    private readonly Lock _lock = new();
    private T _latest;

    public T Latest
    {
        get
        {
            lock (_lock)
            {
                return _latest;
            }
        }
    }

    public void Report(T value)
    {
        lock (_lock)
        {
            _latest = value;
        }
    }
}
