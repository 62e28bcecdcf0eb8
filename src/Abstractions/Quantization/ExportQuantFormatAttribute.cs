using System.Composition;
using Tessera.Gguf;

namespace Tessera.Quantization;

/// <summary>Exports an <see cref="IQuantFormat"/> for a tensor type number. This is a format's whole declaration.</summary>
[MetadataAttribute]
[AttributeUsage(AttributeTargets.Class)]
public sealed class ExportQuantFormatAttribute : ExportAttribute
{
    /// <summary>Exports a format.</summary>
    /// <param name="type">The type number in GGUF files; a number without a name is cast: <c>(GgmlType)200</c>.</param>
    public ExportQuantFormatAttribute(GgmlType type)
        : base(typeof(IQuantFormat))
    {
        Type = type;
        Name = type.ToString();
    }

    /// <summary>The type number in GGUF files.</summary>
    public GgmlType Type { get; }

    /// <summary>The name that people see; the type's by default.</summary>
    public string Name { get; set; }
}
