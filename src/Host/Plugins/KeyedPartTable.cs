using System.Composition;
using System.Diagnostics.CodeAnalysis;

namespace Tessera.Plugins;

/// <summary>The parts of one kind by the key that model files ask with.</summary>
/// <param name="kind">The kind in words.</param>
/// <param name="metadataName">The attribute's property that holds the key.</param>
/// <param name="key">Takes the key from the attribute. A table of boxed keys needs no code of its own for each key type at start-up.</param>
/// <param name="describe">The key as people read it.</param>
internal sealed class KeyedPartTable<TAttribute, TPart>(
    string kind, string metadataName, Func<TAttribute, object> key, Func<TAttribute, string> describe)
    : PartTable
    where TAttribute : ExportAttribute
    where TPart : class
{
    private readonly Dictionary<object, PluginPart<TPart>> parts = [];

    public override Type Contract => typeof(TPart);

    public IReadOnlyCollection<PluginPart<TPart>> Parts => parts.Values;

    public bool TryGet(object key, [NotNullWhen(true)] out PluginPart<TPart>? part) => parts.TryGetValue(key, out part);

    public override string? Add(PluginAssembly plugin, PartDeclaration part, ExportAttribute export)
    {
        if (export is not TAttribute attribute)
        {
            return $"it exports {typeof(TPart).Name} without saying for which key; use [{typeof(TAttribute).Name[..^nameof(Attribute).Length]}]";
        }

        if (!typeof(TPart).IsAssignableFrom(part.Type) || part.Type.IsAbstract)
        {
            return $"it is no concrete class that implements {typeof(TPart).Name}";
        }

        if (part.Attributes.OfType<ExportMetadataAttribute>().Any(metadata => metadata.Name == metadataName))
        {
            return $"[ExportMetadata] sets '{metadataName}' a second time";
        }

        object value = key(attribute);
        var provided = new PluginExport(kind, describe(attribute));
        if (parts.TryGetValue(value, out PluginPart<TPart>? earlier))
        {
            return $"the {earlier.Export} is served already by {earlier.Plugin.Name} ('{earlier.Plugin.File}')";
        }

        parts.Add(value, new PluginPart<TPart>(
            plugin.Info, provided, () => plugin.Create<TPart>(provided, metadataName, value)));
        plugin.Info.Serve(provided);
        return null;
    }
}
