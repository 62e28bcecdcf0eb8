using Tessera.Architectures;

namespace Tessera.Compute.Operations;

/// <summary>Writes a batch's keys and values to the cache.</summary>
internal sealed unsafe class KvAppend : TokenOperation
{
    private KvCache _cache = null!;
    private Tensor _k;
    private Tensor _v;
    private int _layer;
    private int _firstPosition;

    public void Run(WorkerPool pool, KvCache cache, int layer, int firstPosition, Tensor k, Tensor v)
    {
        (_cache, _layer, _firstPosition, _k, _v) = (cache, layer, firstPosition, k, v);
        Run(pool, k.Rows);
    }

    protected override void ExecuteToken(int token)
    {
        ModelShape shape = _cache.Shape;
        float* k = _k.Data + ((long)token * _k.Columns);
        float* v = _v.Data + ((long)token * _v.Columns);
        for (int head = 0; head < shape.KvHeads; head++)
        {
            Append(k + (head * shape.KeyLength), _cache.Keys(_layer, head), token, shape.KeyLength);
            Append(v + (head * shape.ValueLength), _cache.Values(_layer, head), token, shape.ValueLength);
        }
    }

    private void Append(float* source, byte* head, int token, int length)
    {
        byte* destination = head + ((long)(_firstPosition + token) * length * _cache.ElementBytes);
        if (_cache.Type == KvCacheType.F32)
        {
            new ReadOnlySpan<float>(source, length).CopyTo(new Span<float>(destination, length));
        }
        else
        {
            HalfVectors.Store(source, (ushort*)destination, length);
        }
    }
}
