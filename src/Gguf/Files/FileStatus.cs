using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tessera.Gguf.Files;

/// <summary>What the system says about a file, links followed.</summary>
/// <param name="Kind">What kind it is.</param>
/// <param name="Volume">The device that it is on, a volume's serial number on Windows.</param>
/// <param name="Index">Its inode, the file index on Windows. With the volume it says which file it is, whatever its name.</param>
/// <param name="Owner">Its user's number; 0 on Windows.</param>
/// <param name="Group">Its group's number; 0 on Windows.</param>
internal readonly partial record struct FileStatus(FileKind Kind, ulong Volume, ulong Index, uint Owner, uint Group)
{
    /// <summary>Asks about a path.</summary>
    /// <returns>Null where there is nothing, or nothing that one may look at.</returns>
    public static FileStatus? Of(string path) =>
        OperatingSystem.IsLinux() ? OnLinux(path) : OperatingSystem.IsWindows() ? OnWindows(path) : OnDarwin(path);

    /// <summary>Whether two paths lead to one file.</summary>
    public bool IsSameAs(in FileStatus other) => Volume == other.Volume && Index == other.Index;

    // <linux/stat.h>: struct statx has the same layout on all processors.
    private static FileStatus? OnLinux(string path)
    {
        const int CurrentFolder = -100;
        const uint BasicFields = 0x7FF;
        Span<byte> status = stackalloc byte[256];
        if (StatX(CurrentFolder, path, 0, BasicFields, ref MemoryMarshal.GetReference(status)) != 0)
        {
            return null;
        }

        ulong volume = ((ulong)ReadUInt32(status[136..]) << 32) | ReadUInt32(status[140..]);
        return new(KindOf(status[28..]), volume, ReadUInt64(status[32..]), ReadUInt32(status[20..]), ReadUInt32(status[24..]));
    }

    // <sys/stat.h>: struct stat with 64-bit inodes.
    private static FileStatus? OnDarwin(string path)
    {
        Span<byte> status = stackalloc byte[256];
        ref byte first = ref MemoryMarshal.GetReference(status);
        int error = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Stat64(path, ref first) : Stat(path, ref first);
        return error != 0 ? null : new(KindOf(status[4..]), ReadUInt32(status), ReadUInt64(status[8..]), ReadUInt32(status[16..]), ReadUInt32(status[20..]));
    }

    // <winbase.h>: BY_HANDLE_FILE_INFORMATION.
    private static FileStatus? OnWindows(string path)
    {
        const uint Disk = 1;
        const uint Character = 2;
        if (Directory.Exists(path))
        {
            return new(FileKind.Folder, 0, 0, 0, 0);
        }

        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> status = stackalloc byte[52];
            return GetFileType(file) switch
            {
                Disk when GetFileInformationByHandle(file, ref MemoryMarshal.GetReference(status)) =>
                    new(FileKind.Regular, ReadUInt32(status[28..]), ((ulong)ReadUInt32(status[44..]) << 32) | ReadUInt32(status[48..]), 0, 0),
                Disk => new(FileKind.Regular, 0, 0, 0, 0),
                Character => new(FileKind.Device, 0, 0, 0, 0),
                _ => new(FileKind.Pipe, 0, 0, 0, 0),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FileKind KindOf(ReadOnlySpan<byte> mode) => (BinaryPrimitives.ReadUInt16LittleEndian(mode) & 0xF000) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Folder,
        0x1000 or 0xC000 => FileKind.Pipe,
        _ => FileKind.Device,
    };

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong ReadUInt64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, ref byte status);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, ref byte status);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat64(string path, ref byte status);

    [LibraryImport("kernel32")]
    private static partial uint GetFileType(SafeFileHandle file);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandle(SafeFileHandle file, ref byte information);
}
