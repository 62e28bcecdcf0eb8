using Tessera.Runtime.Batches;
using Tessera.Runtime.Memory;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Attention;

/// <summary>Writes a batch's keys and values to the sequences' pages; an item is what falls into one block of positions of one sequence.</summary>
internal sealed unsafe class CacheAppend : Operation
{
    private BatchRows _batch = null!;
    private CacheState _cache = null!;
    private CachePlace _place;
    private ActivationRows _k;
    private ActivationRows _v;
    private KvCacheType _type;

    public void Run(WorkerPool pool, BatchRows batch, CacheState cache, ActivationRows k, ActivationRows v)
    {
        int items = 0;
        foreach (BatchRows.Part part in batch.Parts)
        {
            items += BlocksOf(part);
        }

        if (items > 0)
        {
            PageLayout layout = batch.Parts[0].Sequence.Pool.Layout;
            (_batch, _cache, _place, _k, _v, _type) = (batch, cache, layout.PlaceOf(cache), k, v, layout.Type);
            pool.Run(this, items);
        }
    }

    public override void Execute(int item)
    {
        int index = 0;
        while (item >= BlocksOf(_batch.Parts[index]))
        {
            item -= BlocksOf(_batch.Parts[index++]);
        }

        switch (_type)
        {
            case KvCacheType.F32:
                Append<F32KvEncoding>(_batch.Parts[index], item);
                break;
            case KvCacheType.F16:
                Append<F16KvEncoding>(_batch.Parts[index], item);
                break;
            case KvCacheType.Q8_0:
                Append<Q8KvEncoding>(_batch.Parts[index], item);
                break;
            default:
                Append<I16KvEncoding>(_batch.Parts[index], item);
                break;
        }
    }

    private static int BlockOf(int position) => position / KvLayout.BlockPositions;

    private static int BlocksOf(in BatchRows.Part part) => BlockOf(part.FirstPosition + part.Count - 1) - BlockOf(part.FirstPosition) + 1;

    private void Append<TEncoding>(in BatchRows.Part part, int blockOfPart)
        where TEncoding : struct, IKvEncoding
    {
        int block = BlockOf(part.FirstPosition) + blockOfPart;
        int blockStart = block * KvLayout.BlockPositions;
        int first = Math.Max(0, blockStart - part.FirstPosition);
        int last = Math.Min(part.Count, blockStart + KvLayout.BlockPositions - part.FirstPosition);
        (int page, int blockOfPage) = Math.DivRem(block, PageLayout.Blocks);
        byte* data = part.Sequence.Tables[_place.Group].Addresses[page];
        for (int head = 0; head < _cache.Heads; head++)
        {
            byte* keys = data + _place.KeysOf(head) + ((long)blockOfPage * _place.KeyBlockBytes);
            byte* values = data + _place.ValuesOf(head) + ((long)blockOfPage * _place.ValueBlockBytes);
            for (int token = first; token < last; token++)
            {
                int slot = part.FirstPosition + token - blockStart;
                TEncoding.PackKey(_k.PointerTo(part.FirstRow + token) + ((nint)head * _cache.KeyLength), _cache.KeyLength, keys, slot);
                TEncoding.PackValue(_v.PointerTo(part.FirstRow + token) + ((nint)head * _cache.ValueLength), _cache.ValueLength, values, slot);
            }
        }
    }
}
