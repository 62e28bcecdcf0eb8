using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tessera.Plugins;

/// <summary>The files of a plugin's folder, and the hash that stands for all of them.</summary>
internal static class FolderContents
{
    /// <summary>The paths of all files below a folder, relative to it, with forward slashes, in ordinal order.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="limits">How many files and folders there may be.</param>
    /// <exception cref="PluginPackageException">
    /// There are too many; or a symbolic link among them: what it leads to can change behind the hash's back; or names that mean something else elsewhere.
    /// </exception>
    public static IReadOnlyList<string> List(string folder, PluginLimits limits)
    {
        var files = new List<string>();
        int left = limits.Entries;
        Collect(new DirectoryInfo(folder), "", files, ref left);
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>SHA-256 over all files: for each its path, a zero byte, its length in 8 bytes, and its bytes. In hexadecimal digits.</summary>
    /// <exception cref="PluginPackageException">There is a symbolic link among them.</exception>
    public static string Hash(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(long) + 1];
        byte[] buffer = new byte[1 << 16];
        foreach (string path in List(folder, PluginLimits.Default))
        {
            var file = new FileInfo(Path.Combine(folder, path));
            BinaryPrimitives.WriteInt64LittleEndian(length[1..], file.Length);
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData(length);
            using Stream content = Open(file);
            for (int read; (read = content.Read(buffer)) > 0;)
            {
                hash.AppendData(buffer.AsSpan(0, read));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A file's bytes. A pipe or a device, which has no length, has none.</summary>
    public static Stream Open(FileInfo file) => file.Length == 0 ? Stream.Null : file.OpenRead();

    private static void Collect(DirectoryInfo folder, string prefix, List<string> files, ref int left)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (left-- == 0)
            {
                throw new PluginPackageException($"'{folder.FullName}' and the folders around it hold more files and folders than any plugin.");
            }

            if (!PortableName.Is(entry.Name) || !names.Add(entry.Name))
            {
                throw new PluginPackageException($"'{entry.FullName}' has a name that is another file's, a device's or that a system does not take.");
            }

            if (entry.LinkTarget is not null)
            {
                throw new PluginPackageException($"'{entry.FullName}' is a symbolic link; a plugin's folder holds only files and folders of its own.");
            }

            if (entry is DirectoryInfo inner)
            {
                Collect(inner, $"{prefix}{entry.Name}/", files, ref left);
            }
            else
            {
                files.Add(prefix + entry.Name);
            }
        }
    }
}
