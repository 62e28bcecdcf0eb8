using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Runtime.Processor;

/// <summary>Asks for memory that is read soon, into the second-level cache.</summary>
internal static unsafe class CachePrefetch
{
    private const int Line = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* source, int bytes)
    {
        if (Sse.IsSupported)
        {
            for (nint i = 0; i < bytes; i += Line)
            {
                Sse.Prefetch1(source + i);
            }
        }
    }
}
