using System.Collections.ObjectModel;
using System.IO.Compression;

namespace Tessera.Plugins.Management;

/// <summary>Copies a plugin from a folder or a package into an empty folder, and nothing outside of it.</summary>
internal sealed class PluginPackage(string path, PluginLimits limits, CancellationToken cancellationToken)
{
    private const int UnixFileType = 0xF000;
    private const int UnixSymbolicLink = 0xA000;

    private const int LongestPath = 512;

    // Below this a high ratio is no danger, only a file of zeros.
    private const long SmallBytes = 1 << 20;

    private readonly byte[] _buffer = new byte[1 << 16];
    private long _bytes;

    /// <summary>Copies all files.</summary>
    /// <exception cref="PluginPackageException">There is no such folder or package, or it is not one that is safe to unpack.</exception>
    public void CopyTo(string target)
    {
        if (Directory.Exists(path))
        {
            CopyFolder(target);
        }
        else if (File.Exists(path))
        {
            Extract(target);
        }
        else
        {
            throw Error("there is no such folder or file");
        }
    }

    private void CopyFolder(string target)
    {
        foreach (string file in FolderContents.List(path, limits))
        {
            using Stream source = FolderContents.Open(new FileInfo(Path.Combine(path, file)));
            Copy(() => source.Read(_buffer), Path.Combine(target, file), long.MaxValue);
        }
    }

    private void Extract(string target)
    {
        using Stream file = Read(() => PlainFile.OpenRead(path));
        using ZipArchive archive = Read(() => new ZipArchive(file, ZipArchiveMode.Read));
        ReadOnlyCollection<ZipArchiveEntry> entries = Read(() => archive.Entries);
        if (entries.Count > limits.Entries)
        {
            throw Error($"it holds {entries.Count} files, more than the {limits.Entries} of any plugin");
        }

        ExpectSafe(entries);
        foreach (ZipArchiveEntry entry in entries.Where(entry => !entry.FullName.EndsWith('/')))
        {
            Extract(entry, Path.Combine(target, entry.FullName));
        }
    }

    private void Extract(ZipArchiveEntry entry, string target)
    {
        using Stream source = Read(entry.Open);
        var crc = new Crc32();
        Copy(
            () =>
            {
                int read = Read(() => source.Read(_buffer));
                crc.Add(_buffer.AsSpan(0, read));
                return read;
            },
            target,
            Math.Max(SmallBytes, entry.CompressedLength * limits.Ratio));
        if (crc.Value != entry.Crc32)
        {
            throw Error($"its entry '{entry.FullName}' is damaged: its CRC-32 is {crc.Value:x8}, the package says {entry.Crc32:x8}");
        }
    }

    /// <summary>The names of an archive are anything that somebody wrote into it.</summary>
    private void ExpectSafe(ReadOnlyCollection<ZipArchiveEntry> entries)
    {
        var files = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (ZipArchiveEntry entry in entries)
        {
            string name = entry.FullName;
            if (name.Length > LongestPath)
            {
                throw Error($"an entry's path has {name.Length} characters, more than {LongestPath}");
            }

            if (name.StartsWith('/') || name.Any(c => c is ':' or '\\' || char.IsControl(c)))
            {
                throw Error($"its entry '{name}' has no relative path with forward slashes");
            }

            string[] parts = name.TrimEnd('/').Split('/');
            if (parts.Any(part => part is ".." or "."))
            {
                throw Error($"its entry '{name}' leads out of the package");
            }

            if (!parts.All(PortableName.Is))
            {
                throw Error($"its entry '{name}' has a name that is a device's or that a system does not take");
            }

            if (((entry.ExternalAttributes >> 16) & UnixFileType) == UnixSymbolicLink)
            {
                throw Error($"its entry '{name}' is a symbolic link");
            }

            if (!name.EndsWith('/') && !files.Add(name))
            {
                throw Error($"it holds '{name}' twice");
            }
        }

        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> known = files.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string name in entries.Select(entry => entry.FullName))
        {
            for (int end = name.IndexOf('/', StringComparison.Ordinal); end >= 0; end = name.IndexOf('/', end + 1))
            {
                if (known.Contains(name.AsSpan(0, end)))
                {
                    throw Error($"its entry '{name[..end]}' is a file and a folder");
                }
            }
        }
    }

    /// <summary>Counts what comes, whatever lengths the archive claims.</summary>
    /// <param name="read">Fills the buffer; 0 is the end.</param>
    /// <param name="target">The file.</param>
    /// <param name="largest">Bytes that it may have.</param>
    private void Copy(Func<int> read, string target, long largest)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        for (int count; (count = read()) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _bytes += count;
            if (_bytes > limits.Bytes)
            {
                throw Error($"its files have more than the {limits.Bytes} bytes of any plugin");
            }

            if (file.Length + count > largest)
            {
                throw Error($"its entry '{Path.GetFileName(target)}' grows to more than {limits.Ratio} times what it is packed");
            }

            file.Write(_buffer, 0, count);
        }
    }

    /// <summary>Reads something of the archive. What its bytes lead the reader to may be any exception.</summary>
    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
        {
            throw new PluginPackageException($"'{path}' is no package, or a damaged one (a .nupkg is a ZIP archive): {e.Message}", e);
        }
    }

    private PluginPackageException Error(string problem) => new($"'{path}' cannot be used as a plugin: {problem}.");
}
