using Tessera.Quantization;

namespace Tessera.Gguf;

/// <summary>A tensor as the file's header describes it. Its data is not read.</summary>
public sealed class GgufTensor
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

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The type number; it may have no name in <see cref="GgmlType"/>.</summary>
    public GgmlType Type { get; }

    /// <summary>One to four extents, columns first.</summary>
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
    public long ByteLength(BlockGeometry block)
    {
        if (Dimensions[0] % block.Elements != 0)
        {
            throw Error($"rows of {Dimensions[0]} values are not whole blocks of {block.Elements}");
        }

        try
        {
            return checked(Elements / block.Elements * block.Bytes);
        }
        catch (OverflowException)
        {
            throw Error("its size overflows");
        }
    }

    /// <summary>An error about this tensor.</summary>
    public GgufException Error(string problem) => new(File.Name, $"tensor '{Name}'", InfoOffset, problem);
}
