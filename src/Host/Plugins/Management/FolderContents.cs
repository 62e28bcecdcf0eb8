using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tessera.Plugins.Management;

/// <summary>The files of a plugin's folder, and the hash that stands for all of them.</summary>
internal static class FolderContents
{
    /// <summary>The paths of all files below a folder, relative to it, with forward slashes, in ordinal order.</summary>
    /// <exception cref="PluginPackageException">There is a symbolic link among them: what it leads to can change behind the hash's back.</exception>
    public static IReadOnlyList<string> List(string folder)
    {
        var files = new List<string>();
        Collect(new DirectoryInfo(folder), "", files);
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
        foreach (string path in List(folder))
        {
            using FileStream file = File.OpenRead(Path.Combine(folder, path));
            BinaryPrimitives.WriteInt64LittleEndian(length[1..], file.Length);
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData(length);
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                hash.AppendData(buffer.AsSpan(0, read));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Collect(DirectoryInfo folder, string prefix, List<string> files)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
            {
                throw new PluginPackageException($"'{entry.FullName}' is a symbolic link; a plugin's folder holds only files and folders of its own.");
            }

            if (entry is DirectoryInfo inner)
            {
                Collect(inner, $"{prefix}{entry.Name}/", files);
            }
            else
            {
                files.Add(prefix + entry.Name);
            }
        }
    }
}
