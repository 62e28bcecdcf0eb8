using System.Composition;

namespace Tessera.Plugins;

/// <summary>One kind of part that plugins provide.</summary>
internal abstract class PartTable
{
    /// <summary>The contract that parts of this kind implement.</summary>
    public abstract Type Contract { get; }

    /// <summary>Takes an export in; <see langword="null"/>, or why not.</summary>
    public abstract string? Add(PluginAssembly plugin, PartDeclaration part, ExportAttribute export);
}
