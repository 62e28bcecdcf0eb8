using System.Runtime.InteropServices;

namespace Tessera.Quantization;

/// <summary>
/// Memory for panels, aligned to a cache line. Kernels stream through it once per token, which large pages make much faster: where it is large, Linux
/// is asked for them. It is not cleared; physical memory is taken where it is written.
/// </summary>
internal sealed unsafe partial class PackedMemory : SafeHandle
{
    private const nuint CacheLine = 64;
    private const nuint LargePage = 2 << 20;
    private const int AdviseLargePages = 14; // MADV_HUGEPAGE

    /// <summary>Reserves memory.</summary>
    public PackedMemory(long bytes)
        : base(0, ownsHandle: true)
    {
        nuint length = checked((nuint)bytes);
        bool large = length >= LargePage;
        First = (byte*)NativeMemory.AlignedAlloc(length, large ? LargePage : CacheLine);
        SetHandle((nint)First);
        if (large && OperatingSystem.IsLinux())
        {
            // It is advice: where the system does not take it, the memory serves as well, more slowly.
            _ = Advise(First, length, AdviseLargePages);
        }
    }

    /// <summary>The first byte.</summary>
    public byte* First { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
