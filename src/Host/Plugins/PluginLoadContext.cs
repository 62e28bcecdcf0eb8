using System.Composition;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.Logging;

namespace Tessera.Plugins;

/// <summary>
/// The load context of one plugin folder: the contract and what it is made of come from the host, everything else from the
/// plugin's folder first, so that two plugins may need different versions of one library. It keeps assemblies apart; it is no
/// security boundary, and a plugin can do whatever the process can.
/// </summary>
[RequiresUnreferencedCode(PluginFolders.NeedAllCode), RequiresDynamicCode(PluginFolders.NeedAllCode)]
internal sealed class PluginLoadContext : AssemblyLoadContext
{
    // By name alone, so that neither a private copy nor another version number can bring a second type of the same name.
    private static readonly Dictionary<string, Assembly> HostAssemblies =
        new Assembly[] { typeof(IPluginContext).Assembly, typeof(ExportAttribute).Assembly, typeof(ILogger).Assembly }
            .ToDictionary(assembly => assembly.GetName().Name!, StringComparer.OrdinalIgnoreCase);

    private readonly string folder;
    private readonly AssemblyDependencyResolver[] resolvers;

    /// <param name="plugins">The plugins of one folder.</param>
    public PluginLoadContext(IReadOnlyList<PluginFile> plugins)
        : base(plugins[0].Folder, isCollectible: false)
    {
        folder = plugins[0].Folder;
        resolvers =
        [
            .. plugins.Select(plugin => plugin.Path)
                .Where(path => HasBytes(Path.ChangeExtension(path, ".deps.json")))
                .Select(path => new AssemblyDependencyResolver(path)),
        ];
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (HostAssemblies.TryGetValue(assemblyName.Name!, out Assembly? shared))
        {
            return shared;
        }

        string? path = FirstOrNull(resolver => resolver.ResolveAssemblyToPath(assemblyName)) ?? Probe(assemblyName);
        return path is null || !HasBytes(path) ? null : LoadFromAssemblyPath(path);
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string? path = FirstOrNull(resolver => resolver.ResolveUnmanagedDllToPath(unmanagedDllName));
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }

    /// <summary>The runtime would wait for a pipe for ever.</summary>
    private static bool HasBytes(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    private string? FirstOrNull(Func<AssemblyDependencyResolver, string?> resolve) =>
        resolvers.Select(resolve).FirstOrDefault(path => path is not null);

    // A plugin that comes without its .deps.json finds its dependencies beside itself.
    private string? Probe(AssemblyName assemblyName)
    {
        string path = Path.Combine(folder, assemblyName.CultureName ?? "", assemblyName.Name + ".dll");
        return HasBytes(path) ? path : null;
    }
}
