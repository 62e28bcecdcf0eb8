using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tessera.Gguf.Files;

/// <summary>
/// A file that is being written. A regular one lies beside its place as <c>NAME.unfinished</c> until it is complete; then it takes the place, and
/// with it the permissions of an earlier file. Nothing is left of it where anything fails or the process ends; what a process that was killed
/// has left, the next one replaces. Links are followed. Devices and pipes are written to, and stay.
/// </summary>
public sealed partial class OutputFile : IDisposable
{
    private const string Suffix = ".unfinished";

    private static readonly HashSet<OutputFile> s_open = Watch();

    /// <summary>A limit on the length of files is an error like a full disk, and not the end of the process.</summary>
    private static readonly PosixSignalRegistration? s_fileTooLarge =
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create((PosixSignal)25, context => context.Cancel = true);

    private readonly string _path;
    private readonly Stream _file;
    private readonly string? _target;
    private readonly Earlier? _earlier;
    private bool _closed;

    /// <param name="path">The path as it was given.</param>
    /// <param name="file">What is written to.</param>
    /// <param name="target">The place of a regular file; null for anything else.</param>
    /// <param name="earlier">The file in that place.</param>
    private OutputFile(string path, Stream file, string? target = null, Earlier? earlier = null)
    {
        (_path, _file, _target, _earlier) = (path, file, target, earlier);
        Stream = new OutputStream(path, file);
    }

    /// <summary>Where to write. It can seek where the file can.</summary>
    public Stream Stream { get; }

    /// <summary>Begins to write.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="inputs">Paths of what is being read, which is never written over, under whatever name. What is not there does not count.</param>
    /// <exception cref="TesseraException">The path is a folder, or one of the inputs.</exception>
    /// <exception cref="IOException">It cannot be written, or another process is writing it.</exception>
    public static OutputFile Create(string path, params IEnumerable<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(inputs);
        if (path.Length == 0)
        {
            throw new TesseraException("The path of the file to write is empty.");
        }

        try
        {
            string full = Path.GetFullPath(path);
            FileStatus? status = FileStatus.Of(full);
            if (status is { Kind: FileKind.Folder } || Path.EndsInDirectorySeparator(full))
            {
                throw new TesseraException($"{path}: this is a folder; name the file to write.");
            }

            ExpectNoInput(path, status, inputs);
            return StandardStream(full) is { } standard ? new OutputFile(path, standard)
                : status is null or { Kind: FileKind.Regular } ? Beside(path, full, status, inputs)
                : new OutputFile(path, new FileStream(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (OutputStream.IsFailure(e))
        {
            throw OutputStream.Failure(path, e);
        }
    }

    /// <summary>Ends writing: the file gets its place.</summary>
    /// <exception cref="IOException">It cannot be written; nothing is left of it.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        Stream.Flush();
        try
        {
            _earlier?.Permit(((FileStream)_file).SafeFileHandle);
            _file.Dispose();
            if (_target is not null)
            {
                Replace(_target + Suffix, _target, _earlier is not null);
            }
        }
        catch (Exception e) when (OutputStream.IsFailure(e))
        {
            throw OutputStream.Failure(_path, e);
        }

        Close();
    }

    /// <summary>Closes the file, and deletes it where it was not completed.</summary>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        Close();
        try
        {
            _file.Dispose();
        }
        catch (Exception e) when (OutputStream.IsFailure(e))
        {
            // A full disk refuses the last bytes, too; that it is full was said when the first were refused.
        }

        Delete();
    }

    private static OutputFile Beside(string path, string full, FileStatus? status, IEnumerable<string> inputs)
    {
        string target = FileLink.Follow(full);
        if (status is { } there && !(FileStatus.Of(target) is { } followed && followed.IsSameAs(there)))
        {
            throw new IOException("its link leads to no file that has a name");
        }

        Earlier? earlier = status is null ? null : Earlier.Look(target, status.Value);
        string unfinished = target + Suffix;
        Clear(unfinished, inputs);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows() && earlier is not null)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        lock (s_open)
        {
            var file = new OutputFile(path, new FileStream(unfinished, options), target, earlier);
            s_open.Add(file);
            return file;
        }
    }

    /// <summary>Removes what a process that was killed has left. One that is still writing holds its file.</summary>
    private static void Clear(string unfinished, IEnumerable<string> inputs)
    {
        if (new FileInfo(unfinished).LinkTarget is null)
        {
            if (FileStatus.Of(unfinished) is not { } left)
            {
                return;
            }

            if (left.Kind != FileKind.Regular)
            {
                throw new IOException($"'{unfinished}' is in the way");
            }

            ExpectNoInput(unfinished, left, inputs);
            new FileStream(unfinished, FileMode.Open, FileAccess.Write, FileShare.None).Dispose();
        }

        File.Delete(unfinished);
    }

    private static void ExpectNoInput(string path, FileStatus? status, IEnumerable<string> inputs)
    {
        // A terminal or /dev/null may be both.
        if (status is { Kind: not FileKind.Device } output
            && inputs.FirstOrDefault(input => FileStatus.Of(input) is { } read && read.IsSameAs(output)) is { } same)
        {
            throw new TesseraException($"{path}: this is what is being read ({same}); it is not replaced.");
        }
    }

    /// <summary>The process' own streams: to open them again by name would write from the file's beginning, or wait for another reader of a pipe.</summary>
    private static Stream? StandardStream(string path) => OperatingSystem.IsWindows() ? null : path switch
    {
        "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1" => Console.OpenStandardOutput(),
        "/dev/stderr" or "/dev/fd/2" or "/proc/self/fd/2" => Console.OpenStandardError(),
        _ => null,
    };

    private static void Replace(string unfinished, string target, bool isThere)
    {
        if (OperatingSystem.IsWindows() && isThere)
        {
            // It keeps the earlier file's permissions, which moving does not.
            File.Replace(unfinished, target, destinationBackupFileName: null);
        }
        else
        {
            File.Move(unfinished, target, overwrite: true);
        }
    }

    private static HashSet<OutputFile> Watch()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Abandon();
        return [];
    }

    /// <summary>The process ends with files unfinished, while threads may still be writing.</summary>
    private static void Abandon()
    {
        s_fileTooLarge?.Dispose();

        // Not to be left: no thread begins a file any more.
        Monitor.Enter(s_open);
        foreach (OutputFile file in s_open)
        {
            ((FileStream)file._file).SafeFileHandle.Dispose();
            file.Delete();
        }
    }

    private void Delete()
    {
        if (_target is not null)
        {
            File.Delete(_target + Suffix);
        }
    }

    private void Close()
    {
        _closed = true;
        lock (s_open)
        {
            s_open.Remove(this);
        }
    }

    /// <summary>The file that is to be replaced, and who may do what with it.</summary>
    private sealed record Earlier(UnixFileMode Mode, uint Owner, uint Group)
    {
        public static Earlier Look(string target, in FileStatus status)
        {
            // What may not be written is not replaced either, though its folder would allow it.
            new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
            return new(OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(target), status.Owner, status.Group);
        }

        public void Permit(SafeFileHandle file)
        {
            if (!OperatingSystem.IsWindows())
            {
                // Only a privileged user may give files away; for others they stay their own.
                _ = ChangeOwner(file, Owner, Group);
                File.SetUnixFileMode(file, Mode);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(SafeFileHandle file, uint owner, uint group);
}
