using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Workbench.Benchmarking;

/// <summary>Reads memory with vectors, a piece per item, in order.</summary>
internal sealed unsafe class MemoryRead : Operation, IDisposable
{
    private const long ItemBytes = 1L << 21;

    private readonly NativeBuffer _memory;
    private long _sink;

    public MemoryRead(long bytes)
    {
        Bytes = bytes / ItemBytes * ItemBytes;
        ArgumentOutOfRangeException.ThrowIfLessThan(Bytes, ItemBytes, nameof(bytes));
        _memory = new NativeBuffer(Bytes);
    }

    public long Bytes { get; }

    public int Items => (int)(Bytes / ItemBytes);

    /// <summary>Whether the memory was written, which makes it resident.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>Writes all of it once: what was never written is one page of zeros, which a cache holds.</summary>
    public void Touch(WorkerPool pool)
    {
        if (!IsTouched)
        {
            pool.Run(new Fill(_memory), Items);
            IsTouched = true;
        }
    }

    public override void Execute(int item) => Interlocked.Add(ref _sink, Read(_memory.Data + (item * ItemBytes), ItemBytes));

    public void Dispose() => _memory.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Read(byte* data, long bytes)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<long> a = default, b = default, c = default, d = default;
            for (byte* end = data + bytes; data < end; data += 4 * Vector512<byte>.Count)
            {
                long* values = (long*)data;
                a ^= Vector512.Load(values);
                b ^= Vector512.Load(values + 8);
                c ^= Vector512.Load(values + 16);
                d ^= Vector512.Load(values + 24);
            }

            return Vector512.Sum(a ^ b ^ c ^ d);
        }
        else
        {
            // Two halves of 128 bits where there is nothing wider.
            Vector256<long> a = default, b = default, c = default, d = default;
            for (byte* end = data + bytes; data < end; data += 4 * Vector256<byte>.Count)
            {
                long* values = (long*)data;
                a ^= Vector256.Load(values);
                b ^= Vector256.Load(values + 4);
                c ^= Vector256.Load(values + 8);
                d ^= Vector256.Load(values + 12);
            }

            return Vector256.Sum(a ^ b ^ c ^ d);
        }
    }

    private sealed class Fill(NativeBuffer memory) : Operation
    {
        public override void Execute(int item) => new Span<byte>(memory.Data + (item * ItemBytes), (int)ItemBytes).Fill((byte)(item + 1));
    }
}
