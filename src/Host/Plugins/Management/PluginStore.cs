namespace Tessera.Plugins.Management;

/// <summary>
/// A folder of plugins that is managed: each plugin in a subfolder of its name, listed in the lock file. A plugin appears and disappears by renaming, so
/// that a run which is killed leaves it whole or away; what it leaves of its own work has a name that begins with a dot, which nobody searches.
/// </summary>
/// <param name="folder">The folder; it is made when it is needed.</param>
public sealed class PluginStore(string folder)
{
    private const string Unfinished = ".unfinished-";
    private const string Replaced = ".replaced-";

    /// <summary>The folder's full path.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Installs a plugin: copies it, checks its contract before anything of it is loaded, then checks what it computes.</summary>
    /// <param name="path">A folder, or a <c>.nupkg</c> package.</param>
    /// <param name="replace">Whether it may take the place of a plugin of the same name.</param>
    /// <param name="cancellationToken">Stops it, whatever the plugin's code is doing; nothing changed then.</param>
    /// <returns>Where it is now.</returns>
    /// <exception cref="PluginPackageException">It cannot be used; nothing changed.</exception>
    /// <exception cref="TesseraException">A plugin of this name is there already, or another run is changing the folder; nothing changed.</exception>
    public string Add(string path, bool replace, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(Folder);
        using FileStream exclusive = Reserve();
        string work = Directory.CreateDirectory(Unfinish()).FullName;
        try
        {
            new PluginPackage(path, PluginLimits.Default, cancellationToken).CopyTo(work);
            PluginFile plugin = FindPlugin(work, path);
            string target = TargetOf(plugin.Name, path);
            if (Directory.Exists(target) && !replace)
            {
                throw new TesseraException($"The plugin {plugin.Name} is there already, in '{target}'; replacing it has to be asked for (force).");
            }

            PluginSelfCheck.Expect(plugin, path, cancellationToken);
            Install(plugin, target);
            return target;
        }
        finally
        {
            RemoveUnfinished();
        }
    }

    /// <summary>Deletes a plugin's folder and its entry in the lock file. Nothing of it is loaded.</summary>
    /// <param name="name">The plugin's name, or that of its subfolder.</param>
    /// <returns>Where it was.</returns>
    /// <exception cref="MissingPluginException">There is no such plugin here.</exception>
    /// <exception cref="PluginPackageException">The lock file cannot be read; nothing changed.</exception>
    public string Remove(string name)
    {
        string target = Find(name) ?? FindMissing().FirstOrDefault(missing => Path.GetFileName(missing).Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new MissingPluginException($"There is no plugin '{name}' in '{Folder}'.");
        using FileStream exclusive = Reserve();
        PluginLock locks = PluginLock.Read(Folder);
        if (Directory.Exists(target))
        {
            Directory.Move(target, Unfinish());
        }

        locks.Remove(Path.GetFileName(target));
        locks.Write(Unfinish());
        RemoveUnfinished();
        return target;
    }

    /// <summary>The folders that the lock file lists and that are not there.</summary>
    /// <exception cref="PluginPackageException">The lock file cannot be read.</exception>
    public IReadOnlyList<string> FindMissing() =>
        [.. PluginLock.Read(Folder).Plugins.Keys.Select(name => Path.Combine(Folder, name)).Where(listed => !Directory.Exists(listed))];

    /// <summary>
    /// The lock file comes first: a plugin that is there is listed, and one that is listed but not yet there harms nobody. The plugin that is replaced is
    /// kept until the new one is in its place, and put back if that fails.
    /// </summary>
    private void Install(PluginFile plugin, string target)
    {
        PluginLock locks = PluginLock.Read(Folder);
        LockedPlugin? former = locks.Plugins.GetValueOrDefault(plugin.Name);
        locks.Set(plugin.Name, new LockedPlugin(plugin.Name, plugin.Version.ToString(), FolderContents.Hash(plugin.Folder)));
        locks.Write(Unfinish());
        string replaced = Path.Combine(Folder, Replaced + plugin.Name);
        try
        {
            if (Directory.Exists(target))
            {
                Directory.Move(target, replaced);
            }

            Directory.Move(plugin.Folder, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            PutBackReplaced();
            if (former is null)
            {
                locks.Remove(plugin.Name);
            }
            else
            {
                locks.Set(plugin.Name, former);
            }

            locks.Write(Unfinish());
            throw new TesseraException($"The plugin {plugin.Name} cannot be put in its place, '{target}'; nothing changed. {e.Message}", e);
        }

        if (Directory.Exists(replaced))
        {
            Directory.Delete(replaced, recursive: true);
        }
    }

    /// <summary>What was moved aside for a plugin that never came.</summary>
    private void PutBackReplaced()
    {
        foreach (string replaced in Directory.GetDirectories(Folder, Replaced + "*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            string target = Path.Combine(Folder, Path.GetFileName(replaced)[Replaced.Length..]);
            if (Directory.Exists(target))
            {
                Directory.Delete(replaced, recursive: true);
            }
            else
            {
                Directory.Move(replaced, target);
            }
        }
    }

    private string? Find(string name) => !Directory.Exists(Folder) ? null : Directory.GetDirectories(Folder, "*", new EnumerationOptions())
        .FirstOrDefault(candidate => Path.GetFileName(candidate).Equals(name, StringComparison.OrdinalIgnoreCase)
            || PluginFile.ReadAll(candidate, SearchOption.TopDirectoryOnly).Any(plugin => plugin.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The one plugin below a folder, with a contract that this host has.</summary>
    /// <remarks>
    /// A package has its plugin twice: as a library for programs that register its parts in code, and with all that it needs in <c>plugins</c>.
    /// </remarks>
    private static PluginFile FindPlugin(string folder, string path)
    {
        string packed = Path.Combine(folder, "plugins");
        PluginFile[] plugins = [.. PluginFile.ReadAll(Directory.Exists(packed) ? packed : folder, SearchOption.AllDirectories)];
        if (plugins is not [PluginFile plugin])
        {
            throw new PluginPackageException(plugins.Length == 0
                ? $"'{path}' holds no plugin: no .dll file in it carries [assembly: PluginContract]."
                : $"'{path}' holds {plugins.Length} plugins, {string.Join(" and ", plugins.Select(p => p.Name))}; add them one by one.");
        }

        return plugin.WhyNot(PluginContract.Version) is { } reason
            ? throw new PluginPackageException(reason.Replace(plugin.Path, path, StringComparison.Ordinal))
            : plugin;
    }

    private string TargetOf(string name, string path)
    {
        if (!PluginLock.IsFolderName(name))
        {
            throw new PluginPackageException($"'{path}' cannot be used as a plugin: its assembly's name '{name}' is no name for a folder.");
        }

        string? other = Directory.GetDirectories(Folder).Select(Path.GetFileName)
            .FirstOrDefault(known => name.Equals(known, StringComparison.OrdinalIgnoreCase) && known != name);
        return other is null
            ? Path.Combine(Folder, name)
            : throw new TesseraException(
                $"The plugin {name} cannot be added beside '{Path.Combine(Folder, other)}': the names differ in upper and lower case alone.");
    }

    private FileStream Reserve()
    {
        try
        {
            var exclusive = new FileStream(
                Path.Combine(Folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            PutBackReplaced();
            return exclusive;
        }
        catch (IOException e)
        {
            throw new TesseraException($"The folder '{Folder}' cannot be changed now: {e.Message}", e);
        }
    }

    private string Unfinish() => Path.Combine(Folder, $"{Unfinished}{Guid.NewGuid():N}");

    private void RemoveUnfinished()
    {
        foreach (FileSystemInfo leftover in new DirectoryInfo(Folder).GetFileSystemInfos(Unfinished + "*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            if (leftover is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                leftover.Delete();
            }
        }
    }
}
