using System.Composition;
using Tessera.Plugins;

namespace Tessera.Catalog;

/// <summary>One kind of part that plugins provide.</summary>
internal abstract class PartTable
{
    /// <summary>The contract that parts of this kind implement.</summary>
    public abstract Type Contract { get; }

    /// <summary>The keys that several plugins serve and none was chosen for.</summary>
    public abstract IEnumerable<PluginConflict> Conflicts { get; }

    /// <summary>Lets a plugin serve a key, if it offers to.</summary>
    /// <exception cref="PluginConflictException">Several plugins have that name.</exception>
    public abstract bool Choose(PluginUse use);

    /// <summary>The plugins that offer to serve what people call by this name.</summary>
    public abstract IEnumerable<PluginInfo> Offering(string key);

    /// <summary>Takes an export in; <see langword="null"/>, or why not.</summary>
    public abstract string? Add(PartSource plugin, PartDeclaration part, ExportAttribute export);
}
