using Tessera.Gguf.Files;

namespace Tessera.Plugins;

/// <summary>Holds plugins to the lock files beside their folders.</summary>
/// <param name="lockedOnly">
/// Whether a plugin must be listed. What ships beside the executable need not be, unless there is a lock file: who can change it can change the
/// executable.
/// </param>
internal sealed class LockCheck(bool lockedOnly)
{
    private readonly Dictionary<string, PluginLock> _locks = new(CanonicalPath.Comparer);

    /// <summary>Why the plugin must not be loaded, or <see langword="null"/>.</summary>
    public string? WhyNot(PluginFile plugin, out bool isLocked)
    {
        isLocked = false;
        string parent = Path.GetDirectoryName(plugin.Folder) ?? plugin.Folder;
        string lockFile = Path.Combine(parent, PluginLock.FileName);
        try
        {
            if (!_locks.TryGetValue(parent, out PluginLock? locks))
            {
                _locks[parent] = locks = PluginLock.Read(parent);
            }

            if (locks.Plugins.TryGetValue(Path.GetFileName(plugin.Folder), out LockedPlugin? locked))
            {
                string hash = FolderContents.Hash(plugin.Folder);
                isLocked = hash == locked.Sha256;
                return isLocked ? null
                    : $"The plugin '{plugin.Path}' changed since it was added: the SHA-256 of its folder is {hash}, '{lockFile}' says {locked.Sha256}. "
                        + "Add it again with --force, or remove it.";
            }

            return lockedOnly && (plugin.Source != PluginSource.Bundled || locks.Plugins.Count > 0)
                ? $"The plugin '{plugin.Path}' is not listed in '{lockFile}', and only what is listed may be loaded (--plugins-locked). "
                    + "'tessera plugins add' lists it."
                : null;
        }
        catch (Exception e) when (e is PluginPackageException or IOException or UnauthorizedAccessException)
        {
            return $"The plugin '{plugin.Path}' cannot be held to its lock file: {e.Message}";
        }
    }
}
