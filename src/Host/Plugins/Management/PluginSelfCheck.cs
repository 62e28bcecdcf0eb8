using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Catalog;

namespace Tessera.Plugins.Management;

/// <summary>
/// Checks what a plugin provides as far as a host can that knows nothing about it: that it can be made, and that a format computes what it says.
/// </summary>
public static class PluginSelfCheck
{
    /// <summary>What is wrong with a plugin's parts; nothing where all is well.</summary>
    /// <param name="catalog">The catalog that it was loaded into.</param>
    /// <param name="plugin">The plugin.</param>
    public static IReadOnlyList<string> FindProblems(PluginCatalog catalog, PluginInfo plugin)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return
        [
            .. Parts(catalog.QuantFormats, plugin).SelectMany(part => Made(part) ?? new FormatSelfCheck(part).FindProblems()),
            .. Parts(catalog.Tokenizers, plugin).SelectMany(part => Made(part) ?? []),
            .. Parts(catalog.Architectures, plugin).SelectMany(part => Made(part) ?? []),
        ];
    }

    /// <summary>Checks a plugin that is not in its place yet. A copy is loaded: what is loaded cannot be moved everywhere.</summary>
    /// <exception cref="PluginPackageException">Something is wrong with it.</exception>
    /// <exception cref="OperationCanceledException">
    /// It was stopped; what the plugin is doing then, it does to the end on a thread that nobody waits for.
    /// </exception>
    internal static void Expect(PluginFile plugin, string path, CancellationToken cancellationToken)
    {
        string copy = Directory.CreateTempSubdirectory("tessera-check-").FullName;
        try
        {
            new PluginPackage(plugin.Folder, PluginLimits.Default, cancellationToken).CopyTo(copy);
            string[] problems = Task.Run(() => FindProblems(copy), cancellationToken).WaitAsync(cancellationToken).GetAwaiter().GetResult();
            if (problems.Length > 0)
            {
                throw new PluginPackageException(
                    $"'{path}' does not pass its check: {string.Join(" ", problems).Replace(copy, path, StringComparison.Ordinal)}");
            }
        }
        finally
        {
            TryDelete(copy);
        }
    }

    private static string[] FindProblems(string folder)
    {
        PluginCatalog catalog = PluginCatalog.Load([new PluginSearchFolder(folder, PluginSource.Option)], new PluginOptions(), NullLoggerFactory.Instance);
        return [.. catalog.Rejected.Select(rejection => rejection.Reason), .. catalog.Plugins.SelectMany(loaded => FindProblems(catalog, loaded))];
    }

    private static IEnumerable<PluginPart<T>> Parts<T>(IEnumerable<PluginPart<T>> parts, PluginInfo plugin)
        where T : class => parts.Where(part => part.Plugin == plugin);

    private static string[]? Made<T>(PluginPart<T> part)
        where T : class
    {
        try
        {
            _ = part.Value;
            return null;
        }
        catch (TesseraException e)
        {
            return [e.Message];
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows keeps the files of loaded assemblies; they are in the folder for temporary files.
        }
    }
}
