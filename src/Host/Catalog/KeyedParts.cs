using Tessera.Plugins;

namespace Tessera.Catalog;

/// <summary>The parts that plugins offer for one key. The only one serves; of several, the one that was chosen.</summary>
internal sealed class KeyedParts<TPart>
    where TPart : class
{
    private readonly List<PluginPart<TPart>> offered = [];
    private PluginPart<TPart>? chosen;

    /// <summary>All of them, as they were found.</summary>
    public IReadOnlyList<PluginPart<TPart>> Offered => offered;

    /// <exception cref="PluginConflictException">There are several, and none was chosen.</exception>
    public PluginPart<TPart> Serving => Conflict is { } conflict ? throw new PluginConflictException(conflict) : chosen ?? offered[0];

    /// <summary>Which plugins contend for the key and how to choose one; <see langword="null"/> where nobody needs to choose.</summary>
    public PluginConflict? Conflict => chosen is not null || offered.Count == 1 ? null : new PluginConflict(
        $"{offered.Count} plugins serve the {offered[0].Export}, and none was chosen: {string.Join(" and ", offered.Select(Place))}.",
        [.. offered.Select(part => new PluginUse(offered[0].Names[0], Distinct(part.Plugin)))]);

    /// <summary>Takes a part in. What the application gives itself serves, unless another is chosen.</summary>
    public void Offer(PluginPart<TPart> part)
    {
        offered.Add(part);
        if (part.Plugin.Source == PluginSource.Application)
        {
            Choose(part);
        }
    }

    public bool IsNamed(string key) => offered.Any(part => part.Names.Contains(key, StringComparer.OrdinalIgnoreCase));

    /// <summary>Lets a plugin serve the key, if it offers to.</summary>
    /// <exception cref="PluginConflictException">Several plugins have that name.</exception>
    public bool Choose(string plugin)
    {
        PluginPart<TPart>[] matching = [.. offered.Where(part => part.Plugin.IsNamed(plugin))];
        switch (matching)
        {
            case []:
                return false;
            case [var only]:
                Choose(only);
                return true;
            default:
                throw new PluginConflictException(Conflict!);
        }
    }

    private void Choose(PluginPart<TPart> part)
    {
        chosen?.IsChosen = false;
        chosen = part;
        chosen.IsChosen = true;
    }

    private static string Place(PluginPart<TPart> part) => $"{part.Plugin.Name} ('{part.Plugin.Folder}')";

    /// <summary>The name that tells a plugin from the others: its folder where another has the same name.</summary>
    private string Distinct(PluginInfo plugin) =>
        offered.Count(part => part.Plugin.IsNamed(plugin.Name)) > 1 ? $"\"{plugin.Folder}\"" : plugin.Name;
}
