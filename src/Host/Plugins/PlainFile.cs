namespace Tessera.Plugins;

/// <summary>
/// Opens the files of plugins. A pipe may keep whoever opens it waiting for ever, and a device may never end. Both have a length of 0, and what has none is
/// not opened.
/// </summary>
internal static class PlainFile
{
    /// <summary>Opens a file that has bytes; links are followed.</summary>
    /// <exception cref="IOException">It is empty, or no regular file; or it cannot be opened.</exception>
    public static FileStream OpenRead(string path)
    {
        FileSystemInfo file = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        return file is FileInfo { Length: > 0 } ? File.OpenRead(path) : throw new IOException($"'{path}' is empty, or no regular file.");
    }
}
