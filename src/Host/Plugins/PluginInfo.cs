using Tessera.Gguf.Files;

namespace Tessera.Plugins;

/// <summary>A plugin that was loaded.</summary>
public sealed class PluginInfo
{
    private readonly List<PluginExport> exports = [];

    internal PluginInfo(PluginFile file)
    {
        Name = file.Name;
        Version = file.Version;
        ContractVersion = file.ContractVersion;
        File = file.Path;
        Folder = file.Folder;
        Source = file.Source;
        IsLocked = file.IsLocked;
    }

    /// <summary>The assembly's name.</summary>
    public string Name { get; }

    /// <summary>The assembly's version.</summary>
    public Version Version { get; }

    /// <summary>The version of the contract that it was built against.</summary>
    public int ContractVersion { get; }

    /// <summary>The plugin's own assembly file.</summary>
    public string File { get; }

    /// <summary>The folder that holds the plugin and its private dependencies.</summary>
    public string Folder { get; }

    /// <summary>Which kind of place it was found in.</summary>
    public PluginSource Source { get; }

    /// <summary>Whether a lock file lists it with the hash that its folder has.</summary>
    public bool IsLocked { get; }

    /// <summary>What the assembly says that it is, or empty.</summary>
    public string Description { get; internal set; } = "";

    /// <summary>What it offers to serve.</summary>
    public IReadOnlyList<PluginExport> Exports => exports;

    /// <summary>Computes the SHA-256 of all files of its folder, as lock files record it.</summary>
    /// <exception cref="PluginPackageException">There is a symbolic link among them.</exception>
    public string ComputeHash() => FolderContents.Hash(Folder);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Version}";

    /// <summary>Whether this is the plugin's name, or the path of its folder.</summary>
    internal bool IsNamed(string nameOrFolder) =>
        Name.Equals(nameOrFolder, StringComparison.OrdinalIgnoreCase)
        || (Directory.Exists(nameOrFolder) && CanonicalPath.Comparer.Equals(CanonicalPath.Of(nameOrFolder), CanonicalPath.Of(Folder)));

    internal void Serve(PluginExport export) => exports.Add(export);
}
