using Tessera.Architectures;

namespace Tessera.Compute;

/// <summary>
/// The keys and values of all positions so far. Per layer and KV head the positions lie one after the other: keys [position, key length], values
/// [position, value length], as F32 or F16.
/// </summary>
internal sealed unsafe class KvCache : IDisposable
{
    private readonly NativeBuffer _keys;
    private readonly NativeBuffer _values;

    public KvCache(ModelShape shape, int capacity, KvCacheType type)
    {
        Shape = shape;
        Capacity = capacity;
        Type = type;
        ElementBytes = type == KvCacheType.F32 ? sizeof(float) : sizeof(ushort);
        long heads = (long)shape.Layers * shape.KvHeads * capacity * ElementBytes;
        _keys = new NativeBuffer(heads * shape.KeyLength);
        _values = new NativeBuffer(heads * shape.ValueLength);
    }

    public ModelShape Shape { get; }

    /// <summary>Positions that fit.</summary>
    public int Capacity { get; }

    public KvCacheType Type { get; }

    public int ElementBytes { get; }

    /// <summary>The keys of a head, [position, key length].</summary>
    public byte* Keys(int layer, int head) => _keys.Data + (Head(layer, head) * Shape.KeyLength);

    /// <summary>The values of a head, [position, value length].</summary>
    public byte* Values(int layer, int head) => _values.Data + (Head(layer, head) * Shape.ValueLength);

    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }

    private long Head(int layer, int head) => (((long)layer * Shape.KvHeads) + head) * Capacity * ElementBytes;
}
