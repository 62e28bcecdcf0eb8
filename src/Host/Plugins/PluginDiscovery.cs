using Tessera.Gguf.Files;

namespace Tessera.Plugins;

/// <summary>Finds the plugin files of search folders and checks them by their metadata alone.</summary>
/// <param name="rejected">Receives what cannot be used.</param>
/// <param name="locks">Holds plugins to the lock files.</param>
/// <param name="contract">The host's version of the contract.</param>
internal sealed class PluginDiscovery(ICollection<PluginRejection> rejected, LockCheck locks, int contract = PluginContract.Version)
{
    private static readonly EnumerationOptions VisibleOnly = new();

    private readonly HashSet<string> searched = new(CanonicalPath.Comparer);
    private readonly HashSet<string> found = new(CanonicalPath.Comparer);

    /// <summary>The plugin folders of a search folder, by name: the plugin files of each. A folder that was met before is left out.</summary>
    public IEnumerable<IReadOnlyList<PluginFile>> Find(PluginSearchFolder search)
    {
        if (!Directory.Exists(search.Path))
        {
            if (search.IsExplicit)
            {
                Reject(search.Path, $"The plugin folder '{search.Path}', named by {Origin(search)}, does not exist.");
            }

            yield break;
        }

        string canonical = CanonicalPath.Of(search.Path);
        if (found.Contains(canonical) || !searched.Add(canonical))
        {
            yield break;
        }

        int rejectedBefore = rejected.Count;
        if (ReadPlugins(search.Path, search.Source) is { Count: > 0 } own)
        {
            found.Add(canonical);
            yield return own;
            yield break;
        }

        string[] subfolders = Directory.GetDirectories(search.Path, "*", VisibleOnly);
        Array.Sort(subfolders, StringComparer.Ordinal);
        foreach (string folder in subfolders)
        {
            if (TryReadSubfolder(folder, search.Source) is { Count: > 0 } files)
            {
                yield return files;
            }
        }

        if (search.IsExplicit && subfolders.Length == 0 && rejected.Count == rejectedBefore)
        {
            Reject(search.Path, $"The plugin folder '{search.Path}', named by {Origin(search)}, holds no plugin and no folder with one.");
        }
    }

    private List<PluginFile> TryReadSubfolder(string folder, PluginSource source)
    {
        try
        {
            return ReadSubfolder(folder, source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Reject(folder, $"The folder '{folder}' cannot be searched for plugins: {e.Message}");
            return [];
        }
    }

    private List<PluginFile> ReadSubfolder(string folder, PluginSource source)
    {
        string canonical = CanonicalPath.Of(folder);
        if (found.Contains(canonical))
        {
            return [];
        }

        int rejectedBefore = rejected.Count;
        List<PluginFile> files = ReadPlugins(folder, source);
        if (files.Count > 0)
        {
            found.Add(canonical);
        }
        else if (rejected.Count == rejectedBefore)
        {
            Reject(folder, $"The folder '{folder}' holds no plugin: no .dll file in it carries [assembly: PluginContract].");
        }

        return files;
    }

    private List<PluginFile> ReadPlugins(string folder, PluginSource source)
    {
        var plugins = new List<PluginFile>();
        string[] paths = Directory.GetFiles(folder, "*.dll", VisibleOnly);
        Array.Sort(paths, StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (TryRead(path, source) is not { } plugin)
            {
                continue;
            }

            bool isLocked = false;
            if ((plugin.WhyNot(contract) ?? locks.WhyNot(plugin, out isLocked)) is { } reason)
            {
                Reject(path, reason);
            }
            else
            {
                plugins.Add(plugin with { IsLocked = isLocked });
            }
        }

        return plugins;
    }

    private PluginFile? TryRead(string path, PluginSource source)
    {
        try
        {
            return PluginFile.Read(path, source);
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            Reject(path, $"The file '{path}' cannot be read as an assembly: {e.Message}");
            return null;
        }
    }

    private void Reject(string path, string reason) => rejected.Add(new PluginRejection(path, reason));

    private static string Origin(PluginSearchFolder search) => search.Source == PluginSource.Environment
        ? $"the environment variable {PluginFolders.EnvironmentVariable}"
        : "the plugin folder option";
}
