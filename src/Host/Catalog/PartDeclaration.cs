using System.Composition;

namespace Tessera.Catalog;

/// <summary>A class of a plugin that carries at least one export attribute.</summary>
internal sealed record PartDeclaration(Type Type, IReadOnlyList<object> Attributes)
{
    public IEnumerable<ExportAttribute> Exports => Attributes.OfType<ExportAttribute>();
}
