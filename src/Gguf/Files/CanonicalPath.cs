namespace Tessera.Gguf.Files;

/// <summary>The one name of a folder that several paths lead to.</summary>
internal static class CanonicalPath
{
    public static StringComparer Comparer { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The full path of an existing folder with every link on the way followed.</summary>
    public static string Of(string folder)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        path = Path.Combine(Of(parent), Path.GetFileName(path));
        return Directory.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? Of(target.FullName) : path;
    }
}
