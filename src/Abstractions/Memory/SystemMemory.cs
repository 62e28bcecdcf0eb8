using System.Runtime.InteropServices;

namespace Tessera.Memory;

/// <summary>
/// Memory outside the managed heap, aligned to a cache line. What is large comes from the system itself: it is zero, takes physical memory only where it
/// is written, and goes back to the system when it is freed, by whoever owns it or by the collector.
/// </summary>
internal sealed unsafe partial class SystemMemory : SafeHandle
{
    private const long CacheLine = 64;
    private const long LargePage = 2 << 20;

    // Below, a mapping of its own is dearer than a piece of the process' heap, of which a system allows some ten thousand.
    private const long SmallestMapping = 1 << 16;

    // <sys/mman.h>; macOS has another number for anonymous memory.
    private const int ReadWrite = 1 | 2;
    private const int Private = 2;
    private const nint MapFailed = -1;
    private const int AdviseLargePages = 14; // MADV_HUGEPAGE

    // memoryapi.h
    private const uint CommitAndReserve = 0x1000 | 0x2000;
    private const uint Release = 0x8000;
    private const uint PageReadWrite = 0x04;

    private readonly MemoryAccount _account;
    private readonly long _mapped;

    /// <summary>Takes memory.</summary>
    /// <param name="length">Bytes, more than 0.</param>
    /// <param name="account">What it counts for.</param>
    /// <param name="largePages">Whether it is read again and again from end to end: Linux is asked for large pages, which makes that faster.</param>
    /// <exception cref="TesseraException">The system does not give so much.</exception>
    public SystemMemory(long length, MemoryAccount account, bool largePages = false)
        : base(0, ownsHandle: true)
    {
        Length = length;
        _account = account;
        largePages &= length >= LargePage && OperatingSystem.IsLinux();
        _mapped = length < SmallestMapping ? 0 : checked(length + (largePages ? LargePage : 0));
        nint address = _mapped == 0 ? Allocate(length) : Map(_mapped);
        if (address == 0)
        {
            throw new TesseraException($"The system does not give {length:N0} bytes of memory.");
        }

        SetHandle(address);
        First = (byte*)address;
        if (largePages)
        {
            First = (byte*)((address + LargePage - 1) & -LargePage);

            // It is advice: where the system does not take it, the memory serves as well, more slowly.
            _ = Advise(First, (nuint)length, AdviseLargePages);
        }

        account.Take(length);
    }

    /// <summary>What models hold.</summary>
    public static MemoryAccount Models { get; } = new(Collect);

    /// <summary>What sessions and other work hold.</summary>
    public static MemoryAccount Sessions { get; } = new(Collect);

    /// <summary>The first byte.</summary>
    public byte* First { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    private static int Anonymous => OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _account.GiveBack(Length);
        if (_mapped == 0)
        {
            NativeMemory.AlignedFree((void*)handle);
            return true;
        }

        return OperatingSystem.IsWindows() ? VirtualFree(handle, 0, Release) : Unmap(handle, (nuint)_mapped) == 0;
    }

    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);

    private static nint Allocate(long length)
    {
        try
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)length, (nuint)CacheLine);
        }
        catch (OutOfMemoryException)
        {
            return 0;
        }
    }

    private static nint Map(long length)
    {
        nint address = OperatingSystem.IsWindows()
            ? VirtualAlloc(0, (nuint)length, CommitAndReserve, PageReadWrite)
            : Map(0, (nuint)length, ReadWrite, Private | Anonymous, -1, 0);
        return address == MapFailed ? 0 : address;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(nint address, nuint size, uint type);
}
