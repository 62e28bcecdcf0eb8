using System.Diagnostics.CodeAnalysis;
using Tessera.Quantization;

namespace Tessera.Gguf;

/// <summary>A tensor as the file's header describes it. Its data is not read. Equal when it is the same tensor of the same open file.</summary>
public sealed class GgufTensor : IEquatable<GgufTensor>
{
    internal GgufTensor(GgufFile file, string name, GgmlType type, long[] dimensions, long offset, long infoOffset)
    {
        File = file;
        Name = name;
        Type = type;
        Dimensions = dimensions;
        Offset = offset;
        InfoOffset = infoOffset;
    }

    /// <summary>The tensor's name. A byte of it that is no UTF-8 is the unpaired surrogate U+DC00 + byte.</summary>
    public string Name { get; }

    /// <summary>The type number; it may have no name in <see cref="GgmlType"/>.</summary>
    public GgmlType Type { get; }

    /// <summary>One to four positive extents, columns first. Their product fits 63 bits.</summary>
    public IReadOnlyList<long> Dimensions { get; }

    /// <summary>Offset of the data from the start of its file in bytes.</summary>
    public long Offset { get; }

    /// <summary>The file that holds the data.</summary>
    public GgufFile File { get; }

    /// <summary>Number of values.</summary>
    public long Elements => Dimensions.Aggregate(1L, (product, extent) => product * extent);

    internal long InfoOffset { get; }

    /// <summary>Bytes of the data in a format with this block.</summary>
    /// <exception cref="GgufException">Rows are not whole blocks, or the size overflows.</exception>
    public long ByteLength(BlockGeometry block) =>
        TryByteLength(Dimensions[0], Elements, block, out long bytes, out string? problem) ? bytes : throw Error(problem);

    /// <summary>An error about this tensor.</summary>
    public GgufException Error(string problem) => new(File.Name, GgufNames.Place("tensor", GgufNames.Encode(Name)), InfoOffset, problem);

    /// <inheritdoc/>
    public bool Equals(GgufTensor? other) => other is not null && ReferenceEquals(File, other.File) && InfoOffset == other.InfoOffset;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GgufTensor);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(File, InfoOffset);

    internal static bool TryByteLength(long columns, long elements, BlockGeometry block, out long bytes, [NotNullWhen(false)] out string? problem)
    {
        Int128 length = (Int128)(elements / block.Elements) * block.Bytes;
        problem = columns % block.Elements != 0 ? $"rows of {columns} values are not whole blocks of {block.Elements}"
            : length > long.MaxValue ? "its size overflows"
            : null;
        bytes = problem is null ? (long)length : 0;
        return problem is null;
    }
}
