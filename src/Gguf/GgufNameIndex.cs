using System.Buffers.Binary;

namespace Tessera.Gguf;

/// <summary>
/// Where a file's keys or tensors stand in its header, found by name. Three 32-bit numbers each and no object: an entry takes 14 bytes of
/// the file at least, so that the index of any file is smaller than the file.
/// </summary>
internal sealed class GgufNameIndex
{
    private readonly int[] _positions;
    private readonly int[] _buckets;
    private readonly int[] _next;

    /// <param name="capacity">The number of entries, already checked against the bytes that hold them.</param>
    public GgufNameIndex(int capacity)
    {
        _positions = new int[capacity];
        _buckets = new int[capacity];
        _next = new int[capacity];
    }

    /// <summary>Number of entries there will be.</summary>
    public int Capacity => _positions.Length;

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Offset of an entry in the header; it begins with its name.</summary>
    public int PositionOf(int entry) => _positions[entry];

    /// <summary>Adds the entry whose name's length and bytes are at a position that was checked.</summary>
    /// <returns>False when the name is there already.</returns>
    public bool TryAdd(ReadOnlySpan<byte> header, int position)
    {
        ReadOnlySpan<byte> name = NameAt(header, position);
        ref int bucket = ref Bucket(name);
        if (Find(header, name, bucket) >= 0)
        {
            return false;
        }

        // Buckets and links hold the entry plus one, so that 0 is the end.
        _positions[Count] = position;
        _next[Count] = bucket;
        bucket = ++Count;
        return true;
    }

    /// <summary>The entry with a name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name) => Count == 0 ? -1 : Find(header, name, Bucket(name));

    /// <summary>The name at a position: a 64-bit length and so many bytes.</summary>
    public static ReadOnlySpan<byte> NameAt(ReadOnlySpan<byte> header, int position) =>
        header.Slice(position + sizeof(ulong), (int)BinaryPrimitives.ReadUInt64LittleEndian(header[position..]));

    private int Find(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name, int bucket)
    {
        for (int link = bucket; link != 0; link = _next[link - 1])
        {
            if (NameAt(header, _positions[link - 1]).SequenceEqual(name))
            {
                return link - 1;
            }
        }

        return -1;
    }

    /// <summary>The hash is seeded per process, so no file can be made to fall into one bucket.</summary>
    private ref int Bucket(ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name);
        return ref _buckets[(int)((uint)hash.ToHashCode() % (uint)_buckets.Length)];
    }
}
