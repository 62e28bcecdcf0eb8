using System.Runtime.InteropServices;

namespace Tessera.Conformance.Quantization;

/// <summary>
/// Zeroed memory whose last byte is the last of a page, before a page that must not be touched (on Linux; elsewhere plain memory):
/// a kernel that reads beyond its data ends the test run there, as it would at the end of a mapped file.
/// </summary>
public sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymous = 0x02 | 0x20;

    private readonly nuint _length;
    private byte* _pages;

    /// <summary>Reserves memory.</summary>
    public GuardedMemory(long bytes)
    {
        Length = bytes;
        if (!OperatingSystem.IsLinux())
        {
            _pages = (byte*)NativeMemory.AlignedAlloc((nuint)bytes + 64, 64);
            NativeMemory.Clear(_pages, (nuint)bytes);
            First = _pages;
            return;
        }

        nuint page = (nuint)Environment.SystemPageSize;
        nuint usable = ((nuint)bytes + page - 1) / page * page;
        _length = usable + page;
        _pages = (byte*)Map(null, _length, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)_pages == -1 || Protect(_pages + usable, page, 0) != 0)
        {
            throw new InvalidOperationException($"no memory for {bytes} guarded bytes");
        }

        First = _pages + (usable - (nuint)bytes);
    }

    /// <summary>Ends what the constructor reserved.</summary>
    ~GuardedMemory() => Free();

    /// <summary>The first byte.</summary>
    public byte* First { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_pages == null)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            _ = Unmap(_pages, _length);
        }
        else
        {
            NativeMemory.AlignedFree(_pages);
        }

        _pages = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
