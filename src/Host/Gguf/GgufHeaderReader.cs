using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace Tessera.Gguf;

/// <summary>
/// Reads the header of a GGUF file: magic, version, metadata and tensor descriptions. Every length and count is checked against the
/// bytes that remain before anything is allocated for it.
/// </summary>
internal ref struct GgufHeaderReader
{
    private const int MinKeyValueBytes = 8 + 4 + 1;
    private const int MinTensorBytes = 8 + 4 + 4 + 8;
    private const int MaxDimensions = 4;
    private const int MaxArrayDepth = 4;
    private const int DefaultAlignment = 32;

    private readonly GgufFile _file;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly GgufMetadata _metadata;
    private int _position;
    private string _place = "header";

    /// <param name="file">The file that the tensors will belong to.</param>
    /// <param name="bytes">The file, or its first 2 GiB.</param>
    public GgufHeaderReader(GgufFile file, ReadOnlySpan<byte> bytes)
    {
        _file = file;
        _bytes = bytes;
        _metadata = new GgufMetadata(file.Name);
    }

    public (int Version, GgufMetadata Metadata, IReadOnlyList<GgufTensor> Tensors) Read()
    {
        int version = ReadMagicAndVersion();
        long tensorCount = ReadCount("tensor count", MinTensorBytes);
        long keyValueCount = ReadCount("metadata count", MinKeyValueBytes);
        for (long i = 0; i < keyValueCount; i++)
        {
            ReadKeyValue(i);
        }

        int alignment = ReadAlignment();
        var descriptions = new List<(string Name, GgmlType Type, long[] Dimensions, ulong Offset, int InfoOffset)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (long i = 0; i < tensorCount; i++)
        {
            descriptions.Add(ReadTensor(i, names));
        }

        long dataStart = (_position + (long)alignment - 1) / alignment * alignment;
        var tensors = new List<GgufTensor>(descriptions.Count);
        foreach ((string name, GgmlType type, long[] dimensions, ulong offset, int infoOffset) in descriptions)
        {
            _place = $"tensor '{name}'";
            if (offset % (ulong)alignment != 0)
            {
                throw Error(infoOffset, $"its data offset {offset} is not a multiple of the alignment {alignment}");
            }

            if (dataStart >= _file.Length || offset >= (ulong)(_file.Length - dataStart))
            {
                throw Error(infoOffset, $"its data begins at {(UInt128)offset + (UInt128)dataStart}, beyond the end of the file at {_file.Length}");
            }

            tensors.Add(new GgufTensor(_file, name, type, dimensions, dataStart + (long)offset, infoOffset));
        }

        return (version, _metadata, tensors);
    }

    private int ReadMagicAndVersion()
    {
        if (_bytes.IsEmpty)
        {
            throw Error(0, "the file is empty");
        }

        if (_bytes.Length < 8 || !_bytes.StartsWith("GGUF"u8))
        {
            throw Error(0, "not a GGUF file, its first bytes are not 'GGUF' and a version");
        }

        _position = 4;
        uint version = ReadUInt32();
        return version switch
        {
            2 or 3 => (int)version,
            1 => throw Error(4, "GGUF version 1 is not supported, only 2 and 3; convert the model again"),
            _ when BinaryPrimitives.ReverseEndianness(version) is 1 or 2 or 3 => throw Error(4, "a big-endian file; only little-endian files are supported"),
            _ => throw Error(4, $"GGUF version {version} is not supported, only 2 and 3"),
        };
    }

    private void ReadKeyValue(long index)
    {
        _place = $"key {index}";
        int keyOffset = _position;
        string key = ReadName();
        _place = $"key '{key}'";
        GgufValueType type = ReadValueType();
        GgufValue value = ReadValue(type);
        if (!_metadata.TryAdd(key, value))
        {
            throw Error(keyOffset, "the key appears twice");
        }
    }

    private GgufValue ReadValue(GgufValueType type)
    {
        int offset = _position;
        switch (type)
        {
            case GgufValueType.String:
                return new GgufValue(type, type, 1, ReadString().ToArray(), offset);
            case GgufValueType.Array:
                GgufValueType elementType = ReadValueType();
                long count = ReadCount("array length", MinBytes(elementType));
                int start = _position;
                SkipElements(elementType, count, depth: 1);
                return new GgufValue(type, elementType, count, _bytes[start.._position].ToArray(), offset);
            default:
                ReadOnlySpan<byte> scalar = Take(GgufValue.SizeOf(type));
                CheckBooleans(type, scalar, offset);
                return new GgufValue(type, type, 1, scalar.ToArray(), offset);
        }
    }

    private void SkipElements(GgufValueType type, long count, int depth)
    {
        if (GgufValue.SizeOf(type) is int size and > 0)
        {
            int offset = _position;
            CheckBooleans(type, Take(checked(count * size)), offset);
            return;
        }

        for (long i = 0; i < count; i++)
        {
            if (type == GgufValueType.String)
            {
                ReadString();
                continue;
            }

            if (depth == MaxArrayDepth)
            {
                throw Error(_position, $"arrays nested deeper than {MaxArrayDepth}");
            }

            GgufValueType inner = ReadValueType();
            SkipElements(inner, ReadCount("array length", MinBytes(inner)), depth + 1);
        }
    }

    private (string Name, GgmlType Type, long[] Dimensions, ulong Offset, int InfoOffset) ReadTensor(long index, HashSet<string> names)
    {
        _place = $"tensor {index}";
        int infoOffset = _position;
        string name = ReadName();
        _place = $"tensor '{name}'";
        if (!names.Add(name))
        {
            throw Error(infoOffset, "the name appears twice");
        }

        int countOffset = _position;
        uint dimensionCount = ReadUInt32();
        if (dimensionCount is 0 or > MaxDimensions)
        {
            throw Error(countOffset, $"{dimensionCount} dimensions, 1 to {MaxDimensions} are possible");
        }

        var dimensions = new long[dimensionCount];
        long elements = 1;
        for (int i = 0; i < dimensions.Length; i++)
        {
            int offset = _position;
            ulong extent = ReadUInt64();
            if (extent == 0 || extent > (ulong)(long.MaxValue / elements))
            {
                throw Error(offset, extent == 0 ? $"dimension {i} is 0" : "the product of its dimensions overflows");
            }

            dimensions[i] = (long)extent;
            elements *= (long)extent;
        }

        return (name, (GgmlType)ReadUInt32(), dimensions, ReadUInt64(), infoOffset);
    }

    private int ReadAlignment()
    {
        _place = "key 'general.alignment'";
        int alignment = _metadata.GetInt32("general.alignment", DefaultAlignment);
        return alignment > 0 && BitOperations.IsPow2(alignment)
            ? alignment
            : throw Error(_metadata.TryGetValue("general.alignment", out GgufValue? value) ? value.Offset : -1, $"{alignment} is not a power of two");
    }

    private GgufValueType ReadValueType()
    {
        int offset = _position;
        uint type = ReadUInt32();
        return type <= (uint)GgufValueType.Float64 ? (GgufValueType)type : throw Error(offset, $"value type {type} does not exist");
    }

    /// <summary>Reads a count whose elements take at least so many bytes each, all of which must still be in the file.</summary>
    private long ReadCount(string what, int minBytesEach)
    {
        int offset = _position;
        ulong count = ReadUInt64();
        long possible = (_bytes.Length - _position) / minBytesEach;
        return count <= (ulong)possible
            ? (long)count
            : throw Error(offset, $"{what} {count}, but the {_bytes.Length - _position} bytes that remain hold {possible} at most");
    }

    private string ReadName() => Encoding.UTF8.GetString(ReadString());

    private ReadOnlySpan<byte> ReadString()
    {
        long length = ReadCount("string length", 1);
        int offset = _position;
        ReadOnlySpan<byte> text = Take(length);
        return Utf8.IsValid(text) ? text : throw Error(offset, "the string is not valid UTF-8");
    }

    private uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private ReadOnlySpan<byte> Take(long length)
    {
        int remaining = _bytes.Length - _position;
        if (length > remaining)
        {
            throw Error(_position, $"the file ends here: {length} bytes are needed and {remaining} remain");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return taken;
    }

    private readonly void CheckBooleans(GgufValueType type, ReadOnlySpan<byte> bytes, int offset)
    {
        if (type == GgufValueType.Bool && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is int bad and >= 0)
        {
            throw Error(offset + bad, $"the byte {bytes[bad]} is not a boolean");
        }
    }

    private static int MinBytes(GgufValueType type) => type switch
    {
        GgufValueType.String => 8,
        GgufValueType.Array => 12,
        _ => GgufValue.SizeOf(type),
    };

    private readonly GgufException Error(long offset, string problem) => new(_file.Name, _place, offset, problem);
}
