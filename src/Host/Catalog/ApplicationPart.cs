using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Tessera.Plugins;

namespace Tessera.Catalog;

/// <summary>A part that the application gave.</summary>
internal sealed class ApplicationPart(PluginInfo info, object part) : PartSource(info)
{
    public PartDeclaration Declaration { get; } = new(part.GetType(), part.GetType().GetCustomAttributes(inherit: false));

    /// <summary>The assembly of an object, as if it were a plugin's.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An empty location is expected.")]
    public static PluginInfo Describe(Assembly assembly)
    {
        AssemblyName name = assembly.GetName();

        // In a single-file application an assembly has no place of its own.
        string path = assembly.Location is { Length: > 0 } location ? location : Path.Combine(AppContext.BaseDirectory, $"{name.Name}.dll");
        return new PluginInfo(new PluginFile(path, PluginSource.Application, name.Name!, name.Version ?? new Version(), PluginContract.Version))
        {
            Description = assembly.GetCustomAttribute<AssemblyDescriptionAttribute>()?.Description ?? "",
        };
    }

    public override T Create<T>(PluginExport export, string metadataName, object metadataValue) => (T)part;
}
