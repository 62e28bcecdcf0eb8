namespace Tessera.Memory;

/// <summary>
/// What is held of memory that the collector does not see. Whenever that has doubled the collector runs, so that what was forgotten is found. The first
/// to take any, as a program that uses one session at a time, never pays for it.
/// </summary>
/// <param name="collect">Runs the collector.</param>
internal sealed class MemoryAccount(Action collect)
{
    private const long Unnoticed = 64 << 20;

    private long _held;
    private long _taken;
    private long _limit = Unnoticed;

    /// <summary>Bytes that are held.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Bytes that were ever taken.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    public void Take(long bytes)
    {
        Interlocked.Add(ref _taken, bytes);
        long before = Interlocked.Add(ref _held, bytes) - bytes;
        long limit = Interlocked.Read(ref _limit);
        if (before > limit && Interlocked.CompareExchange(ref _limit, 2 * before, limit) == limit)
        {
            collect();
        }
    }

    public void GiveBack(long bytes)
    {
        long held = Interlocked.Add(ref _held, -bytes);
        Interlocked.Exchange(ref _limit, Math.Max(Unnoticed, 2 * held));
    }
}
