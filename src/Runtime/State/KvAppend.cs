using Tessera.Architectures;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.State;

/// <summary>Writes a batch's keys and values to the cache; an item is what falls into one block of positions.</summary>
internal sealed unsafe class KvAppend : Operation
{
    private KvCache _cache = null!;
    private Tensor _k;
    private Tensor _v;
    private int _layer;
    private int _firstPosition;

    public void Run(WorkerPool pool, KvCache cache, int layer, int firstPosition, Tensor k, Tensor v)
    {
        (_cache, _layer, _firstPosition, _k, _v) = (cache, layer, firstPosition, k, v);
        pool.Run(this, k.Rows == 0 ? 0 : BlockOf(firstPosition + k.Rows - 1) - BlockOf(firstPosition) + 1);
    }

    public override void Execute(int item)
    {
        int block = BlockOf(_firstPosition) + item;
        switch (_cache.Type)
        {
            case KvCacheType.F32:
                Append<F32KvEncoding>(block);
                break;
            case KvCacheType.F16:
                Append<F16KvEncoding>(block);
                break;
            case KvCacheType.Q8_0:
                Append<Q8KvEncoding>(block);
                break;
            default:
                Append<I16KvEncoding>(block);
                break;
        }
    }

    private static int BlockOf(int position) => position / KvCache.BlockPositions;

    private void Append<TEncoding>(int block)
        where TEncoding : struct, IKvEncoding
    {
        ModelShape shape = _cache.Shape;
        int blockStart = block * KvCache.BlockPositions;
        int first = Math.Max(0, blockStart - _firstPosition);
        int last = Math.Min(_k.Rows, blockStart + KvCache.BlockPositions - _firstPosition);
        for (int head = 0; head < shape.KvHeads; head++)
        {
            byte* keys = _cache.Keys(_layer, head) + ((long)block * _cache.KeyBlockBytes);
            byte* values = _cache.Values(_layer, head) + ((long)block * _cache.ValueBlockBytes);
            for (int token = first; token < last; token++)
            {
                int slot = _firstPosition + token - blockStart;
                TEncoding.PackKey(_k.Data + ((long)token * _k.Columns) + ((long)head * shape.KeyLength), shape.KeyLength, keys, slot);
                TEncoding.PackValue(_v.Data + ((long)token * _v.Columns) + ((long)head * shape.ValueLength), shape.ValueLength, values, slot);
            }
        }
    }
}
