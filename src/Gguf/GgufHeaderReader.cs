using System.Buffers.Binary;

namespace Tessera.Gguf;

/// <summary>
/// Reads the header of a GGUF file: magic, version, metadata and tensor descriptions. Every length and count is checked against the
/// bytes that remain before anything is allocated for it; values stay where they are. Strings are bytes here: files have names in other encodings, which
/// nobody needs.
/// </summary>
internal ref struct GgufHeaderReader
{
    private const int MinKeyValueBytes = 8 + 1 + 4 + 1;
    private const int MinTensorBytes = 8 + 4 + 4 + 8;
    private const int MaxDimensions = 4;
    private const int MaxArrayDepth = 4;

    private readonly string _file;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    // The entry being read, put into words only for an error.
    private string _kind = "header";
    private long _index = -1;
    private int _entry = -1;

    /// <param name="file">The file's name, for messages.</param>
    /// <param name="bytes">The file, or its first 2 GiB.</param>
    public GgufHeaderReader(string file, ReadOnlySpan<byte> bytes)
    {
        _file = file;
        _bytes = bytes;
    }

    public GgufHeader Read()
    {
        int version = ReadMagicAndVersion();
        int tensorCountOffset = _position;
        int tensorCount = ReadCount("tensor count", MinTensorBytes);
        var keys = new GgufNameIndex(ReadCount("metadata count", MinKeyValueBytes));
        for (_index = 0; _index < keys.Capacity; _index++)
        {
            ReadKeyValue(keys);
        }

        int keysEnd = _position;
        (_kind, _index, _entry) = ("header", -1, -1);
        CheckCount("tensor count", (ulong)tensorCount, MinTensorBytes, tensorCountOffset);
        var tensors = new GgufNameIndex(tensorCount);
        for (_index = 0; _index < tensors.Capacity; _index++)
        {
            ReadTensor(tensors);
        }

        return new GgufHeader(version, keys, keysEnd, tensors, _position);
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

    private void ReadKeyValue(GgufNameIndex keys)
    {
        int offset = BeginEntry("key");
        if (GgufNameIndex.NameAt(_bytes, offset).IsEmpty)
        {
            throw Error(offset, "the key is empty");
        }

        if (!keys.TryAdd(_bytes, offset))
        {
            throw Error(offset, "the key appears twice");
        }

        GgufValueType type = ReadValueType();
        if (type == GgufValueType.Array)
        {
            SkipArray(depth: 1);
        }
        else
        {
            SkipElements(type, 1, depth: 0);
        }
    }

    private void SkipArray(int depth)
    {
        GgufValueType type = ReadValueType();
        SkipElements(type, ReadCount("array length", MinBytes(type)), depth);
    }

    private void SkipElements(GgufValueType type, int count, int depth)
    {
        if (GgufValue.SizeOf(type) is int size and > 0)
        {
            Take((long)count * size);
            return;
        }

        if (type == GgufValueType.Array && depth == MaxArrayDepth)
        {
            throw Error(_position, $"arrays nested deeper than {MaxArrayDepth}");
        }

        for (int i = 0; i < count; i++)
        {
            if (type == GgufValueType.String)
            {
                SkipString();
            }
            else
            {
                SkipArray(depth + 1);
            }
        }
    }

    private void ReadTensor(GgufNameIndex tensors)
    {
        int start = BeginEntry("tensor");
        if (!tensors.TryAdd(_bytes, start))
        {
            throw Error(start, "the name appears twice");
        }

        int countOffset = _position;
        uint dimensionCount = ReadUInt32();
        if (dimensionCount > MaxDimensions)
        {
            throw Error(countOffset, $"{dimensionCount} dimensions, {MaxDimensions} are possible");
        }

        long elements = 1;
        for (int i = 0; i < dimensionCount; i++)
        {
            int offset = _position;
            ulong extent = ReadUInt64();
            if (extent == 0 || extent > (ulong)(long.MaxValue / elements))
            {
                throw Error(offset, extent == 0 ? $"dimension {i} is 0" : $"dimension {i} is {extent}: the product of the dimensions overflows");
            }

            elements *= (long)extent;
        }

        Take(sizeof(uint) + sizeof(ulong));
    }

    /// <summary>Reads the name that an entry begins with.</summary>
    /// <returns>The entry's offset.</returns>
    private int BeginEntry(string kind)
    {
        (_kind, _entry) = (kind, -1);
        int offset = _position;
        SkipString();
        _entry = offset;
        return offset;
    }

    private GgufValueType ReadValueType()
    {
        int offset = _position;
        uint type = ReadUInt32();
        return type <= (uint)GgufValueType.Float64 ? (GgufValueType)type : throw Error(offset, $"value type {type} does not exist");
    }

    private int ReadCount(string what, int minBytesEach)
    {
        int offset = _position;
        return CheckCount(what, ReadUInt64(), minBytesEach, offset);
    }

    /// <summary>Checks a count whose elements take at least so many bytes each, all of which must still be in the file.</summary>
    private readonly int CheckCount(string what, ulong count, int minBytesEach, int offset)
    {
        int possible = (_bytes.Length - _position) / minBytesEach;
        return count <= (ulong)possible
            ? (int)count
            : throw Error(offset, $"{what} {count}, but the {_bytes.Length - _position} bytes that remain hold {possible} at most");
    }

    private void SkipString()
    {
        int length = ReadCount("string length", 1);
        Take(length);
    }

    private uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    private ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

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

    private static int MinBytes(GgufValueType type) => type switch
    {
        GgufValueType.String => 8,
        GgufValueType.Array => 12,
        _ => GgufValue.SizeOf(type),
    };

    private readonly GgufException Error(long offset, string problem)
    {
        string place = _entry >= 0 ? GgufNames.Place(_kind, GgufNameIndex.NameAt(_bytes, _entry)) : _index >= 0 ? $"{_kind} {_index}" : _kind;
        return new GgufException(_file, place, offset, problem);
    }
}
