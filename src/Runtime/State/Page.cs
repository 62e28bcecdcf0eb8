using Tessera.Runtime.Memory;

namespace Tessera.Runtime.State;

/// <summary>The keys and values of 256 positions. Sequences that begin alike share it; who is its only owner may write to it.</summary>
internal sealed unsafe class Page(StatePool pool, long bytes) : IDisposable
{
    private readonly NativeBuffer _memory = new(bytes);
    private int _owners = 1;

    public byte* Data => _memory.Data;

    public Span<byte> Contents => new(_memory.Data, checked((int)bytes));

    public bool IsShared => Volatile.Read(ref _owners) > 1;

    public Page Share()
    {
        Interlocked.Increment(ref _owners);
        return this;
    }

    public void CopyFrom(Page other) => Buffer.MemoryCopy(other.Data, Data, bytes, bytes);

    /// <summary>Ends one owner's share; the last one's frees the memory.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _owners) == 0)
        {
            _memory.Dispose();
            pool.GiveBack(bytes);
        }
    }
}
