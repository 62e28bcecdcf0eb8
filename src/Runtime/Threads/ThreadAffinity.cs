using System.Runtime.InteropServices;

namespace Tessera.Runtime.Threads;

/// <summary>The processors that a thread may run on (<c>sched_setaffinity(2)</c>), for the calling thread. Linux only.</summary>
internal unsafe partial struct ThreadAffinity
{
    private const int CallingThread = 0;

    // 8192 processors, what Linux is built for at most.
    private const int Words = 128;
    private const int BytesPerWord = sizeof(ulong);
    private const int BitsPerWord = 64;

    private fixed ulong _mask[Words];

    /// <summary>What the calling thread has: what the process was started with, if nobody changed it.</summary>
    public static ThreadAffinity Get()
    {
        ThreadAffinity affinity = default;
        if (GetAffinity(CallingThread, Words * BytesPerWord, affinity._mask) < 0)
        {
            for (int processor = 0; processor < Environment.ProcessorCount; processor++)
            {
                affinity.Add(processor);
            }
        }

        return affinity;
    }

    public static ThreadAffinity To(ReadOnlySpan<int> processors)
    {
        ThreadAffinity affinity = default;
        foreach (int processor in processors)
        {
            affinity.Add(processor);
        }

        return affinity;
    }

    /// <summary>Moves the calling thread. It is a wish: a system that refuses it, because a processor went away since, leaves the thread where it is.</summary>
    public readonly void Set()
    {
        fixed (ulong* mask = _mask)
        {
            _ = SetAffinity(CallingThread, Words * BytesPerWord, mask);
        }
    }

    public readonly int[] ToArray()
    {
        var processors = new List<int>();
        for (int processor = 0; processor < Words * BitsPerWord; processor++)
        {
            if ((_mask[processor / BitsPerWord] >> (processor % BitsPerWord) & 1) != 0)
            {
                processors.Add(processor);
            }
        }

        return [.. processors];
    }

    private void Add(int processor) => _mask[processor / BitsPerWord] |= 1ul << (processor % BitsPerWord);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint size, ulong* mask);
}
