namespace Tessera.Gguf.Files;

/// <summary>Follows links by name.</summary>
internal static class FileLink
{
    /// <summary>As many as Linux follows.</summary>
    private const int MostLinks = 40;

    /// <summary>The path of the file that a path leads to; nothing need be there.</summary>
    /// <exception cref="IOException">Links lead in a circle, or the folder is not there.</exception>
    public static string Follow(string path)
    {
        path = Path.GetFullPath(path);
        for (int i = 0; i < MostLinks; i++)
        {
            // A link's target is relative to the folder where it is, not to that under whose name it was found.
            string folder = CanonicalPath.Of(Path.GetDirectoryName(path) ?? path);
            path = Path.Combine(folder, Path.GetFileName(path));
            if (new FileInfo(path).LinkTarget is not { } target)
            {
                return path;
            }

            path = Path.GetFullPath(target, folder);
        }

        throw new IOException("too many links");
    }
}
