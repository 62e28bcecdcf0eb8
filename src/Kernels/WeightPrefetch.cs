using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Kernels;

/// <summary>
/// Weights stream from memory, faster than a processor fetches them by itself: kernels ask for each cache line some way ahead, one after the other.
/// All lines of a block at once would fill the queue of outstanding lines. They go to the second-level cache, which can wait for more of them than the
/// first.
/// </summary>
public static unsafe class WeightPrefetch
{
    /// <summary>Bytes in a cache line.</summary>
    public const int Line = 64;

    /// <summary>Bytes to ask ahead: what memory delivers in the time that a line takes, and some more. Measured, 4 KiB are too little and 16 no better.</summary>
    public const int Distance = 8 << 10;

    /// <summary>Asks for lines that lie <see cref="Distance"/> ahead.</summary>
    /// <param name="weights">What is read now; what lies ahead of it may be beyond the memory's end.</param>
    /// <param name="bytes">How much, a multiple of a line.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(byte* weights, nint bytes)
    {
        if (Sse.IsSupported)
        {
            for (nint line = 0; line < bytes; line += Line)
            {
                Sse.Prefetch1(weights + Distance + line);
            }
        }
    }
}
