using System.Buffers.Binary;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Tessera.Quantization;

namespace Tessera.Gguf;

/// <summary>The tensors of one file in its order. One is made from the header's bytes each time it is asked for.</summary>
internal sealed class GgufTensorTable : IReadOnlyList<GgufTensor>
{
    private readonly GgufFile _file;
    private readonly ReadOnlyMemory<byte> _header;
    private readonly GgufNameIndex _index;
    private readonly long _dataStart;

    /// <exception cref="GgufException">A tensor's data does not begin at a multiple of the alignment, or not inside the file.</exception>
    public GgufTensorTable(GgufFile file, ReadOnlyMemory<byte> header, GgufNameIndex index, long dataStart, long alignment)
    {
        _file = file;
        _header = header;
        _index = index;
        _dataStart = dataStart;
        for (int i = 0; i < Count; i++)
        {
            ulong offset = Describe(i).RelativeOffset;
            if (offset % (ulong)alignment != 0)
            {
                throw Error(i, $"its data offset {offset} is not a multiple of the alignment {alignment}");
            }

            if (dataStart >= file.Length || offset >= (ulong)(file.Length - dataStart))
            {
                throw Error(i, $"its data begins at {(UInt128)offset + (UInt128)dataStart}, beyond the end of the file at {file.Length}");
            }
        }
    }

    public int Count => _index.Count;

    public GgufTensor this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            Description tensor = Describe(index);
            var dimensions = new long[tensor.DimensionCount];
            for (int i = 0; i < dimensions.Length; i++)
            {
                dimensions[i] = tensor.Dimension(i);
            }

            return new GgufTensor(_file, GgufNames.Decode(NameOf(index)), tensor.Type, dimensions, DataOffset(tensor), _index.PositionOf(index));
        }
    }

    public ReadOnlySpan<byte> NameOf(int tensor) => GgufNameIndex.NameAt(_header.Span, _index.PositionOf(tensor));

    public bool Contains(ReadOnlySpan<byte> name) => _index.Find(_header.Span, name) >= 0;

    public bool TryGet(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out GgufTensor tensor)
    {
        int entry = _index.Find(_header.Span, name);
        tensor = entry < 0 ? null : this[entry];
        return entry >= 0;
    }

    public GgufException Error(int tensor, string problem) =>
        new(_file.Name, GgufNames.Place("tensor", NameOf(tensor)), _index.PositionOf(tensor), problem);

    /// <summary>Checks that every tensor of a known format has whole blocks, lies inside the file, and that no two overlap.</summary>
    public void CheckData(Func<GgmlType, BlockGeometry?> geometryOf)
    {
        int[]? order = OrderByOffset();
        int previous = -1;
        long previousEnd = 0;
        for (int i = 0; i < Count; i++)
        {
            int current = order is null ? i : order[i];
            Description tensor = Describe(current);
            long offset = DataOffset(tensor);
            if (offset < previousEnd)
            {
                throw Error(current, $"its data at {offset} overlaps that of {GgufNames.Place("tensor", NameOf(previous))}, which ends at {previousEnd}");
            }

            // A tensor of unknown format takes at least one byte.
            long bytes = 1;
            if (geometryOf(tensor.Type) is BlockGeometry block
                && !GgufTensor.TryByteLength(tensor.Dimension(0), tensor.Elements, block, out bytes, out string? problem))
            {
                throw Error(current, problem);
            }

            if (bytes > _file.Length - offset)
            {
                throw Error(current, $"its {bytes} bytes at {offset} reach beyond the end of the file at {_file.Length}");
            }

            previous = current;
            previousEnd = offset + bytes;
        }
    }

    public IEnumerator<GgufTensor> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The tensors by where their data begins, or null when that is the file's order, as it nearly always is.</summary>
    private int[]? OrderByOffset()
    {
        int sorted = 1;
        while (sorted < Count && Describe(sorted - 1).RelativeOffset <= Describe(sorted).RelativeOffset)
        {
            sorted++;
        }

        if (sorted >= Count)
        {
            return null;
        }

        var order = new int[Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => Describe(a).RelativeOffset.CompareTo(Describe(b).RelativeOffset) is not 0 and int c ? c : a.CompareTo(b));
        return order;
    }

    private long DataOffset(Description tensor) => _dataStart + (long)tensor.RelativeOffset;

    private Description Describe(int tensor)
    {
        ReadOnlySpan<byte> header = _header.Span;
        int position = _index.PositionOf(tensor);
        return new Description(header[(position + sizeof(ulong) + GgufNameIndex.NameAt(header, position).Length)..]);
    }

    /// <summary>
    /// What follows a tensor's name: the number of dimensions (32 bits), each of them (64 bits), the type (32 bits) and the data's offset
    /// from the start of all data (64 bits). No dimensions mean a single value.
    /// </summary>
    private readonly ref struct Description(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public int DimensionCount => Math.Max(1, Stored);

        public GgmlType Type => (GgmlType)BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(4 + (8 * Stored))..]);

        public ulong RelativeOffset => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(8 + (8 * Stored))..]);

        public long Elements
        {
            get
            {
                long product = 1;
                for (int i = 0; i < Stored; i++)
                {
                    product *= Dimension(i);
                }

                return product;
            }
        }

        private int Stored => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

        public long Dimension(int i) => i < Stored ? BinaryPrimitives.ReadInt64LittleEndian(_bytes[(4 + (8 * i))..]) : 1;
    }
}
