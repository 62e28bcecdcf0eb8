using System.Composition;
using System.Composition.Hosting;
using System.Composition.Hosting.Core;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Tessera.Plugins;

namespace Tessera.Catalog;

/// <summary>
/// A loaded plugin. Its exports are known from the attributes of its classes; its container is composed when the first part is
/// asked for, because most runs use few of the plugins that are installed.
/// </summary>
[RequiresUnreferencedCode(PluginFolders.NeedAllCode), RequiresDynamicCode(PluginFolders.NeedAllCode)]
internal sealed class PluginAssembly : PartSource
{
    private readonly List<Type> types;
    private readonly Lazy<CompositionHost> container;

    /// <summary>Loads the assembly and runs its module initializer; throws what the plugin throws.</summary>
    public PluginAssembly(PluginFile file, PluginLoadContext context, ILoggerFactory loggers)
        : base(new PluginInfo(file))
    {
        Assembly assembly = context.LoadFromAssemblyPath(file.Path);
        RuntimeHelpers.RunModuleConstructor(assembly.ManifestModule.ModuleHandle);
        Info.Description = assembly.GetCustomAttribute<AssemblyDescriptionAttribute>()?.Description ?? "";
        types = [.. assembly.GetTypes()];
        Declarations =
        [
            .. types
                .Where(type => type.IsDefined(typeof(ExportAttribute), inherit: false))
                .OrderBy(type => type.FullName, StringComparer.Ordinal)
                .Select(type => new PartDeclaration(type, type.GetCustomAttributes(inherit: false))),
        ];
        container = new Lazy<CompositionHost>(() => new ContainerConfiguration()
            .WithParts(types)
            .WithExport<IPluginContext>(new PluginContext(Info, loggers))
            .CreateContainer());
    }

    /// <summary>The classes that export something, by name.</summary>
    public IReadOnlyList<PartDeclaration> Declarations { get; }

    /// <summary>Keeps a class out of the container, where it would break the parts beside it.</summary>
    public void LeaveOut(PartDeclaration part) => types.Remove(part.Type);

    public override T Create<T>(PluginExport export, string metadataName, object metadataValue)
    {
        try
        {
            var contract = new CompositionContract(
                typeof(T), contractName: null, new Dictionary<string, object> { [metadataName] = metadataValue });
            return (T)container.Value.GetExport(contract);
        }
        catch (Exception e)
        {
            throw PluginFailure.Of(Info, $"to make its {export}", e);
        }
    }
}
