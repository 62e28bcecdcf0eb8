using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Tessera.Gguf;

/// <summary>The key-value pairs of one file in their order. A value is found in the header's bytes each time it is asked for.</summary>
internal sealed class GgufMetadata(string source, ReadOnlyMemory<byte> header, GgufNameIndex keys, int end) : IGgufMetadata
{
    public string Source { get; } = source;

    public IReadOnlyCollection<string> Keys => field ??=
        [.. Enumerable.Range(0, keys.Count).Select(i => GgufNames.Decode(GgufNameIndex.NameAt(header.Span, keys.PositionOf(i))))];

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out GgufValue value)
    {
        int entry = keys.Find(header.Span, GgufNames.Encode(key));
        value = entry < 0 ? null : Decode(entry);
        return entry >= 0;
    }

    /// <summary>A value's bytes go from its type to the next entry.</summary>
    private GgufValue Decode(int entry)
    {
        int start = keys.PositionOf(entry);
        start += sizeof(ulong) + GgufNameIndex.NameAt(header.Span, start).Length;
        int next = entry + 1 < keys.Count ? keys.PositionOf(entry + 1) : end;
        ReadOnlySpan<byte> bytes = header.Span[start..next];
        var type = (GgufValueType)BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        int value = start + sizeof(uint);
        return type switch
        {
            GgufValueType.String => new GgufValue(type, type, 1, header[(value + sizeof(ulong))..next], value),
            GgufValueType.Array => new GgufValue(
                type,
                (GgufValueType)BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[(2 * sizeof(uint))..]),
                header[(value + sizeof(uint) + sizeof(ulong))..next],
                value),
            _ => new GgufValue(type, type, 1, header[value..next], value),
        };
    }
}
