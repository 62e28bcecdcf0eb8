using Tessera.Architectures;
using Tessera.Runtime.Memory;

namespace Tessera.Runtime.State;

/// <summary>
/// The keys and values of all positions so far. Per layer and KV head the positions lie one after the other in blocks of 16, whose inside is
/// the encoding's matter.
/// </summary>
internal sealed unsafe class KvCache : IDisposable
{
    /// <summary>Positions per block.</summary>
    public const int BlockPositions = 16;

    /// <summary>Values per head at most, so that the bytes of blocks, and what kernels make of them, fit 32 bits.</summary>
    public const int MaxHeadLength = 1 << 16;

    private readonly NativeBuffer _keys;
    private readonly NativeBuffer _values;
    private readonly int _blocks;

    /// <exception cref="TesseraException">The heads' lengths do not fit the type, or the system has no room for so many positions.</exception>
    public KvCache(ModelShape shape, int capacity, KvCacheType type)
    {
        if (Math.Max(shape.KeyLength, shape.ValueLength) > MaxHeadLength)
        {
            throw new TesseraException($"Heads with keys of {shape.KeyLength} and values of {shape.ValueLength} do not fit a KV cache, which holds up to {MaxHeadLength}.");
        }

        Shape = shape;
        Capacity = capacity;
        Type = type;
        (KeyBlockBytes, ValueBlockBytes) = type switch
        {
            KvCacheType.F32 => BytesOf<F32KvEncoding>(shape),
            KvCacheType.F16 => BytesOf<F16KvEncoding>(shape),
            KvCacheType.Q8_0 => BytesOf<Q8KvEncoding>(shape),
            KvCacheType.I16 => BytesOf<I16KvEncoding>(shape),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
        _blocks = (int)(((long)capacity + BlockPositions - 1) / BlockPositions);
        Int128 blocks = (Int128)shape.Layers * shape.KvHeads * _blocks;
        Int128 bytes = blocks * ((Int128)KeyBlockBytes + ValueBlockBytes);
        long room = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > room)
        {
            throw new TesseraException(
                $"A KV cache for {capacity:N0} positions takes {bytes:N0} bytes, more than the {room:N0} bytes of memory that there are: take a smaller context (--ctx-size), or another type (--cache-type).");
        }

        _keys = new NativeBuffer((long)blocks * KeyBlockBytes);
        _values = new NativeBuffer((long)blocks * ValueBlockBytes);
    }

    public ModelShape Shape { get; }

    /// <summary>Positions that fit.</summary>
    public int Capacity { get; }

    public KvCacheType Type { get; }

    /// <summary>Bytes of all keys and values.</summary>
    public long Bytes => _keys.Length + _values.Length;

    /// <summary>Bytes of a block of keys.</summary>
    public int KeyBlockBytes { get; }

    /// <summary>Bytes of a block of values.</summary>
    public int ValueBlockBytes { get; }

    /// <summary>The keys of a head, [block].</summary>
    public byte* Keys(int layer, int head) => _keys.Data + (Block(layer, head) * KeyBlockBytes);

    /// <summary>The values of a head, [block].</summary>
    public byte* Values(int layer, int head) => _values.Data + (Block(layer, head) * ValueBlockBytes);

    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }

    private static (int Keys, int Values) BytesOf<TEncoding>(ModelShape shape)
        where TEncoding : struct, IKvEncoding =>
        (TEncoding.KeyBlockBytes(shape.KeyLength), TEncoding.ValueBlockBytes(shape.ValueLength));

    private long Block(int layer, int head) => (((long)layer * Shape.KvHeads) + head) * _blocks;
}
