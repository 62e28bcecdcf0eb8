using Tessera.Diagnostics;

namespace Tessera.Runtime.State;

/// <summary>The memory of all sequences of a model that keep their keys and values alike: pages of 256 positions, up to a limit.</summary>
public sealed class StatePool
{
    private readonly Lazy<byte[]> _identity;
    private long _used;

    /// <param name="states">What a sequence keeps.</param>
    /// <param name="type">How keys and values are kept.</param>
    /// <param name="limit">Bytes at most.</param>
    /// <param name="identify">Gives 32 bytes that tell the model and all that its states depend on.</param>
    /// <exception cref="TesseraException">The heads' lengths do not fit the type.</exception>
    internal StatePool(DeclaredStates states, KvCacheType type, long limit, Func<byte[]> identify)
    {
        States = states;
        Layout = new PageLayout(states, type);
        Limit = limit;
        _identity = new Lazy<byte[]>(() => [.. identify(), (byte)type]);
    }

    /// <summary>How keys and values are kept.</summary>
    public KvCacheType Type => Layout.Type;

    /// <summary>Bytes that all sequences may take together.</summary>
    public long Limit { get; }

    /// <summary>Bytes that they have taken.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Bytes that 256 more positions of one sequence take, where no window forgets others.</summary>
    public long BytesPerPage => Layout.Groups.Sum(group => group.Bytes);

    internal ReadOnlySpan<byte> Identity => _identity.Value;

    internal DeclaredStates States { get; }

    internal PageLayout Layout { get; }

    /// <summary>An empty sequence.</summary>
    public Sequence Create() => new(this);

    /// <summary>A sequence as <see cref="Sequence.SaveTo"/> wrote it, with the bits that it had.</summary>
    /// <param name="stream">Where it was written to.</param>
    /// <param name="cancellationToken">Stops between two pages.</param>
    /// <exception cref="TesseraException">It is no such thing, of another model or cache type, damaged, or does not fit the limit.</exception>
    public Sequence Restore(Stream stream, CancellationToken cancellationToken = default) => new SequenceReader(this, stream, cancellationToken).Read();

    /// <summary>Takes memory.</summary>
    /// <exception cref="TesseraException">It would be more than the limit.</exception>
    internal void Take(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) > Limit)
        {
            long used = Interlocked.Add(ref _used, -bytes);
            throw new TesseraException($"The sequences have taken {used} of {Limit} bytes, {bytes} more are needed.");
        }

        Telemetry.AddCacheBytes(bytes);
    }

    internal void GiveBack(long bytes)
    {
        Interlocked.Add(ref _used, -bytes);
        Telemetry.AddCacheBytes(-bytes);
    }

    internal Page TakePage(PageGroup group)
    {
        Take(group.Bytes);
        try
        {
            return new Page(this, group.Bytes);
        }
        catch
        {
            GiveBack(group.Bytes);
            throw;
        }
    }
}
