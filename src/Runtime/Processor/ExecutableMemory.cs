using System.Runtime.InteropServices;
using Tessera.Numerics;

namespace Tessera.Runtime.Processor;

/// <summary>Pages that were written while they were writable and are executable now.</summary>
internal sealed unsafe partial class ExecutableMemory : ISealedCode
{
    // <sys/mman.h>; macOS has another number for anonymous memory.
    private const int ReadWrite = 1 | 2;
    private const int ReadExecute = 1 | 4;
    private const int Private = 2;
    private const nint MapFailed = -1;

    // memoryapi.h
    private const uint CommitAndReserve = 0x1000 | 0x2000;
    private const uint Release = 0x8000;
    private const uint PageReadWrite = 0x04;
    private const uint PageExecuteRead = 0x20;

    private readonly nuint _length;

    private ExecutableMemory(nint address, nuint length)
    {
        Address = address;
        _length = length;
    }

    ~ExecutableMemory() => Free();

    public nint Address { get; private set; }

    private static int Anonymous => OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    public static ExecutableMemory? TryCreate(ReadOnlySpan<byte> code)
    {
        nuint length = (nuint)code.Length;
        bool windows = OperatingSystem.IsWindows();
        nint address = windows ? VirtualAlloc(0, length, CommitAndReserve, PageReadWrite) : Map(0, length, ReadWrite, Private | Anonymous, -1, 0);
        if (address is 0 or MapFailed)
        {
            return null;
        }

        var memory = new ExecutableMemory(address, length);
        code.CopyTo(new Span<byte>((void*)address, code.Length));
        bool executable = windows
            ? VirtualProtect(address, length, PageExecuteRead, out _) && FlushInstructionCache(-1, address, length)
            : Protect(address, length, ReadExecute) == 0;
        if (!executable)
        {
            memory.Dispose();
            return null;
        }

        return memory;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Address == 0)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            _ = VirtualFree(Address, 0, Release);
        }
        else
        {
            _ = Unmap(Address, _length);
        }

        Address = 0;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualProtect(nint address, nuint size, uint protection, out uint oldProtection);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushInstructionCache(nint process, nint address, nuint size);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(nint address, nuint size, uint type);
}
