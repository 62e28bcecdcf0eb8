using Tessera.Gguf;
using Tessera.Guards;

namespace Tessera.Workbench.Quantizing;

/// <summary>What becomes of one tensor.</summary>
public sealed class TensorConversion
{
    internal TensorConversion(
        GgufTensor source, GuardedFormat format, GgmlType type, GuardedQuantizer? quantizer, string? insteadOf, ReadOnlyMemory<float> importance)
    {
        Source = source;
        Format = format;
        Quantizer = quantizer;
        Importance = importance;
        SourceType = format.Part.Names[0];
        SourceBytes = source.ByteLength(format.Block);
        Type = type;
        TargetType = quantizer?.Part.Names[0] ?? SourceType;
        TargetBytes = quantizer is null ? SourceBytes : source.ByteLength(quantizer.Block);
        InsteadOf = insteadOf;
    }

    /// <summary>The tensor's name.</summary>
    public string Name => Source.Name;

    /// <summary>Its extents, columns first.</summary>
    public IReadOnlyList<long> Shape => Source.Dimensions;

    /// <summary>Its format in the file that is read.</summary>
    public string SourceType { get; }

    /// <summary>Its format in the file that is written.</summary>
    public string TargetType { get; }

    /// <summary>The format that it was to have, where its rows are no multiple of that format's block.</summary>
    public string? InsteadOf { get; }

    /// <summary>Bytes in the file that is read.</summary>
    public long SourceBytes { get; }

    /// <summary>Bytes in the file that is written.</summary>
    public long TargetBytes { get; }

    /// <summary>Whether it is known how much each column matters.</summary>
    public bool HasImportance => !Importance.IsEmpty;

    internal GgufTensor Source { get; }

    internal GuardedFormat Format { get; }

    /// <summary>Makes the blocks; null where the tensor stays as it is.</summary>
    internal GuardedQuantizer? Quantizer { get; }

    internal GgmlType Type { get; }

    /// <summary>For each matrix of the tensor, one after the other, a value per column; empty where nothing is known.</summary>
    internal ReadOnlyMemory<float> Importance { get; }

    /// <summary>Columns.</summary>
    internal int Columns => checked((int)Source.Dimensions[0]);

    /// <summary>Rows of all its matrices.</summary>
    internal long Rows => Source.Elements / Columns;

    /// <summary>Rows of one of its matrices.</summary>
    internal long MatrixRows => Source.Dimensions.Count > 1 ? Source.Dimensions[1] : 1;
}
