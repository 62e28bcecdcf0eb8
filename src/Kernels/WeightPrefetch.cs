using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Kernels;

/// <summary>
/// Weights stream from memory, faster than a processor fetches them by itself: kernels ask for each cache line some way ahead, one after the other.
/// All lines of a block at once would fill the queue of outstanding lines. They go to the second-level cache, which can wait for more of them than the
/// first. Kernels that are faster than memory seem to lose requests all the same: those that ask again when a line comes nearer read memory up to twice as
/// fast as those that ask once, from whatever distance.
/// </summary>
public static unsafe class WeightPrefetch
{
    /// <summary>Bytes in a cache line.</summary>
    public const int Line = 64;

    private const int Far = 16 << 10;
    private const int Nearer = 8 << 10;
    private const int Near = 4 << 10;

    /// <summary>Bytes to ask ahead. Less than the nearest is less than what memory delivers in the time that a line takes.</summary>
    public static ReadOnlySpan<int> Distances => [Far, Nearer, Near];

    /// <summary>Asks for lines that lie ahead, at each of <see cref="Distances"/>.</summary>
    /// <param name="weights">What is read now; what lies ahead of it may be beyond the memory's end.</param>
    /// <param name="bytes">How much, a multiple of a line.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(byte* weights, nint bytes)
    {
        if (Sse.IsSupported)
        {
            for (nint line = 0; line < bytes; line += Line)
            {
                Sse.Prefetch1(weights + Far + line);
                Sse.Prefetch1(weights + Nearer + line);
                Sse.Prefetch1(weights + Near + line);
            }
        }
    }
}
