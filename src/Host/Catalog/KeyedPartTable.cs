using System.Composition;
using System.Diagnostics.CodeAnalysis;
using Tessera.Plugins;

namespace Tessera.Catalog;

/// <summary>The parts of one kind by the key that model files ask with.</summary>
/// <param name="kind">The kind in words.</param>
/// <param name="metadataName">The attribute's property that holds the key.</param>
/// <param name="key">Takes the key from the attribute. A table of boxed keys needs no code of its own for each key type at start-up.</param>
/// <param name="names">What people may call the key, the best first.</param>
/// <param name="describe">The key as people read it.</param>
/// <param name="guard">Puts a guard before what a plugin made.</param>
internal sealed class KeyedPartTable<TAttribute, TPart>(
    string kind,
    string metadataName,
    Func<TAttribute, object?> key,
    Func<TAttribute, IEnumerable<string?>> names,
    Func<TAttribute, string> describe,
    Func<PluginPart<TPart>, TPart, TPart> guard)
    : PartTable
    where TAttribute : ExportAttribute
    where TPart : class
{
    private readonly Dictionary<object, KeyedParts<TPart>> keys = [];

    public override Type Contract => typeof(TPart);

    public IReadOnlyCollection<PluginPart<TPart>> Parts => [.. keys.Values.SelectMany(parts => parts.Offered)];

    public override IEnumerable<PluginConflict> Conflicts => keys.Values.Select(parts => parts.Conflict).OfType<PluginConflict>();

    /// <exception cref="PluginConflictException">Several plugins serve the key, and none was chosen.</exception>
    public bool TryGet(object key, [NotNullWhen(true)] out PluginPart<TPart>? part)
    {
        part = keys.TryGetValue(key, out KeyedParts<TPart>? parts) ? parts.Serving : null;
        return part is not null;
    }

    /// <summary>The keys that people call so.</summary>
    public IEnumerable<object> KeysNamed(string name) => keys.Where(pair => pair.Value.IsNamed(name)).Select(pair => pair.Key);

    public override bool Choose(PluginUse use)
    {
        bool chosen = false;
        foreach (KeyedParts<TPart> parts in Named(use.Key))
        {
            chosen |= parts.Choose(use.Plugin);
        }

        return chosen;
    }

    public override IEnumerable<PluginInfo> Offering(string key) => Named(key).SelectMany(parts => parts.Offered, (_, part) => part.Plugin);

    public override string? Add(PartSource plugin, PartDeclaration part, ExportAttribute export)
    {
        if (export is not TAttribute attribute)
        {
            return $"it exports {typeof(TPart).Name} without saying for which key; use [{typeof(TAttribute).Name[..^nameof(Attribute).Length]}]";
        }

        if (!typeof(TPart).IsAssignableFrom(part.Type) || part.Type.IsAbstract || part.Type.ContainsGenericParameters)
        {
            return $"it is no concrete class that implements {typeof(TPart).Name}";
        }

        if (part.Attributes.OfType<ExportMetadataAttribute>().Any(metadata => metadata.Name == metadataName))
        {
            return $"[ExportMetadata] sets '{metadataName}' a second time";
        }

        string?[] known = [.. names(attribute)];
        if (key(attribute) is not { } value || known.Any(string.IsNullOrWhiteSpace))
        {
            return $"the key of its [{typeof(TAttribute).Name[..^nameof(Attribute).Length]}] is empty";
        }

        var provided = new PluginExport(kind, describe(attribute));
        if (!keys.TryGetValue(value, out KeyedParts<TPart>? parts))
        {
            keys.Add(value, parts = new KeyedParts<TPart>());
        }
        else if (parts.Offered.Any(earlier => earlier.Plugin == plugin.Info))
        {
            return $"another class of the plugin serves the {provided} already";
        }

        parts.Offer(new PluginPart<TPart>(
            plugin.Info, provided, known!, part.Type, created => guard(created, plugin.Create<TPart>(provided, metadataName, value))));
        plugin.Info.Serve(provided);
        return null;
    }

    private IEnumerable<KeyedParts<TPart>> Named(string name) => keys.Values.Where(parts => parts.IsNamed(name));
}
