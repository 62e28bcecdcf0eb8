using System.IO.Compression;

namespace Tessera.Plugins.Management;

/// <summary>Copies a plugin from a folder or a package into an empty folder, and nothing outside of it.</summary>
internal sealed class PluginPackage(string path, PluginLimits limits)
{
    private const int UnixFileType = 0xF000;
    private const int UnixSymbolicLink = 0xA000;

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
        IReadOnlyList<string> files = FolderContents.List(path);
        ExpectEntries(files.Count);
        foreach (string file in files)
        {
            using FileStream source = File.OpenRead(Path.Combine(path, file));
            Copy(source, Path.Combine(target, file), long.MaxValue);
        }
    }

    private void Extract(string target)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            ExpectEntries(archive.Entries.Count);
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                ExpectSafe(entry);
                if (!names.Add(entry.FullName))
                {
                    throw Error($"it holds '{entry.FullName}' twice");
                }

                if (!entry.FullName.EndsWith('/'))
                {
                    using Stream source = entry.Open();
                    Copy(source, Path.Combine(target, entry.FullName), Math.Max(SmallBytes, entry.CompressedLength * limits.Ratio));
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw new PluginPackageException($"'{path}' is no package (a .nupkg is a ZIP archive): {e.Message}", e);
        }
    }

    /// <summary>The names of an archive are anything that somebody wrote into it.</summary>
    private void ExpectSafe(ZipArchiveEntry entry)
    {
        string name = entry.FullName;
        if (name.StartsWith('/') || name.Any(c => c is ':' or '\\' || char.IsControl(c)))
        {
            throw Error($"its entry '{name}' has no relative path with forward slashes");
        }

        if (name.Split('/').Any(part => part is ".." or "."))
        {
            throw Error($"its entry '{name}' leads out of the package");
        }

        if (((entry.ExternalAttributes >> 16) & UnixFileType) == UnixSymbolicLink)
        {
            throw Error($"its entry '{name}' is a symbolic link");
        }
    }

    private void ExpectEntries(int count)
    {
        if (count > limits.Entries)
        {
            throw Error($"it holds {count} files, more than the {limits.Entries} of any plugin");
        }
    }

    /// <summary>Counts what comes, whatever lengths the archive claims.</summary>
    private void Copy(Stream source, string target, long largest)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        for (int read; (read = source.Read(_buffer)) > 0;)
        {
            _bytes += read;
            if (_bytes > limits.Bytes)
            {
                throw Error($"its files have more than the {limits.Bytes} bytes of any plugin");
            }

            if (file.Length + read > largest)
            {
                throw Error($"its entry '{Path.GetFileName(target)}' grows to more than {limits.Ratio} times what it is packed");
            }

            file.Write(_buffer, 0, read);
        }
    }

    private PluginPackageException Error(string problem) => new($"'{path}' cannot be used as a plugin: {problem}.");
}
