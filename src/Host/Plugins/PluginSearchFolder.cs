namespace Tessera.Plugins;

/// <summary>
/// A folder to look for plugins in: it holds one subfolder per plugin, or is itself the folder of one plugin.
/// </summary>
/// <param name="path">The folder; a relative path starts at the current directory.</param>
/// <param name="source">Why it is searched.</param>
public sealed class PluginSearchFolder(string path, PluginSource source)
{
    /// <summary>The full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Why it is searched.</summary>
    public PluginSource Source { get; } = source;

    /// <summary>Whether somebody asked for this very folder, so that its absence is an error.</summary>
    public bool IsExplicit => Source is PluginSource.Environment or PluginSource.Option;
}
