using System.Composition;

namespace Tessera.Architectures;

/// <summary>Exports an <see cref="IArchitecture"/> for a value of <c>general.architecture</c>.</summary>
[MetadataAttribute]
[AttributeUsage(AttributeTargets.Class)]
public sealed class ExportArchitectureAttribute(string name) : ExportAttribute(typeof(IArchitecture))
{
    /// <summary>The value of <c>general.architecture</c>, for example <c>llama</c>.</summary>
    public string Name { get; } = name;
}
