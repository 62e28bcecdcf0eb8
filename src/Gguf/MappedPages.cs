using System.Runtime.InteropServices;

namespace Tessera.Gguf;

/// <summary>Gives the memory of a mapped file back to the system; the file's bytes are read again if someone looks.</summary>
internal static unsafe partial class MappedPages
{
    // <sys/mman.h>, the same on Linux and macOS.
    private const int DontNeed = 4;

    /// <summary>Releases the whole pages within a range. Does nothing where the system has no call for it.</summary>
    public static void Release(byte* data, long length)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            long page = Environment.SystemPageSize;
            nint first = (nint)((((long)data + page - 1) / page) * page);
            nint end = (nint)(((long)data + length) / page * page);
            if (end > first)
            {
                _ = Advise(first, (nuint)(end - first), DontNeed);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
