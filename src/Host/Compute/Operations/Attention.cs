using System.Runtime.Intrinsics;
using Tessera.Architectures;

namespace Tessera.Compute.Operations;

/// <summary>
/// <c>softmax(q k^T * scale) v</c> for every head and token over the cached positions up to the token's own, in one pass with a running
/// maximum (Milakov and Gimelshein 2018). Positions are taken in blocks that begin at multiples of 64, so a token's result does not depend
/// on its batch.
/// </summary>
internal sealed unsafe class Attention : Operation
{
    private const int BlockPositions = 64;

    private KvCache _cache = null!;
    private int _layer;
    private int _firstPosition;
    private Tensor _q;
    private Tensor _y;
    private float _scale;
    private int _items;

    public void Run(WorkerPool pool, KvCache cache, int layer, int firstPosition, Tensor q, float scale, Tensor y)
    {
        (_cache, _layer, _firstPosition, _q, _scale, _y) = (cache, layer, firstPosition, q, scale, y);
        _items = q.Rows * cache.Shape.KvHeads;
        pool.Run(this, _items);
    }

    public override void Execute(int item)
    {
        // The last tokens have the longest way to look back: they go first.
        (int token, int kvHead) = int.DivRem(_items - 1 - item, _cache.Shape.KvHeads);
        if (_cache.Type == KvCacheType.F32)
        {
            Attend<F32Element>(token, kvHead);
        }
        else
        {
            Attend<F16Element>(token, kvHead);
        }
    }

    /// <summary>All query heads that share a KV head.</summary>
    private void Attend<TElement>(int token, int kvHead)
        where TElement : struct, IKvElement
    {
        ModelShape shape = _cache.Shape;
        int keyLength = shape.KeyLength;
        int valueLength = shape.ValueLength;
        int heads = _q.Columns / keyLength;
        int group = heads / shape.KvHeads;
        byte* keys = _cache.Keys(_layer, kvHead);
        byte* values = _cache.Values(_layer, kvHead);
        float* q = _q.Data + ((long)token * _q.Columns) + (kvHead * group * keyLength);
        float* y = _y.Data + ((long)token * _y.Columns) + (kvHead * group * valueLength);
        int positions = _firstPosition + token + 1;

        float* scores = stackalloc float[BlockPositions];
        float* maxima = stackalloc float[group];
        float* sums = stackalloc float[group];
        new Span<float>(maxima, group).Fill(float.NegativeInfinity);
        new Span<float>(sums, group).Clear();
        new Span<float>(y, group * valueLength).Clear();
        for (int first = 0; first < positions; first += BlockPositions)
        {
            int count = Math.Min(BlockPositions, positions - first);
            byte* blockKeys = keys + ((long)first * keyLength * TElement.Bytes);
            byte* blockValues = values + ((long)first * valueLength * TElement.Bytes);
            for (int g = 0; g < group; g++)
            {
                float* head = y + (g * valueLength);
                Score<TElement>(q + (g * keyLength), blockKeys, keyLength, count, scores);
                float rescale = Exponentiate(scores, count, ref maxima[g], ref sums[g]);
                if (rescale != 1)
                {
                    Scale(head, valueLength, rescale);
                }

                Accumulate<TElement>(scores, blockValues, valueLength, count, head);
            }
        }

        for (int g = 0; g < group; g++)
        {
            Scale(y + (g * valueLength), valueLength, 1 / sums[g]);
        }
    }

    private void Score<TElement>(float* q, byte* keys, int length, int count, float* scores)
        where TElement : struct, IKvElement
    {
        for (int j = 0; j < count; j++)
        {
            byte* key = keys + ((long)j * length * TElement.Bytes);
            Vector256<float> sum = Vector256<float>.Zero;
            int i = 0;
            for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                sum = Vector256.FusedMultiplyAdd(Vector256.Load(q + i), TElement.Load(key, i), sum);
            }

            float dot = Vector256.Sum(sum);
            for (; i < length; i++)
            {
                dot += q[i] * TElement.LoadScalar(key, i);
            }

            scores[j] = dot * _scale;
        }
    }

    /// <summary>Turns scores into weights relative to the largest score so far.</summary>
    /// <returns>The factor for what was accumulated before.</returns>
    private static float Exponentiate(float* scores, int count, ref float maximum, ref float sum)
    {
        int padded = (count + Vector256<float>.Count - 1) / Vector256<float>.Count * Vector256<float>.Count;
        new Span<float>(scores + count, padded - count).Fill(float.NegativeInfinity);
        float newMaximum = maximum;
        for (int j = 0; j < count; j++)
        {
            newMaximum = MathF.Max(newMaximum, scores[j]);
        }

        float rescale = MathF.Exp(maximum - newMaximum);
        Vector256<float> total = Vector256<float>.Zero;
        for (int j = 0; j < padded; j += Vector256<float>.Count)
        {
            Vector256<float> weights = Vector256.Exp(Vector256.Load(scores + j) - Vector256.Create(newMaximum));
            weights.Store(scores + j);
            total += weights;
        }

        sum = (sum * rescale) + Vector256.Sum(total);
        maximum = newMaximum;
        return rescale;
    }

    private static void Accumulate<TElement>(float* weights, byte* values, int length, int count, float* y)
        where TElement : struct, IKvElement
    {
        int i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> sum = Vector256.Load(y + i);
            for (int j = 0; j < count; j++)
            {
                sum = Vector256.FusedMultiplyAdd(Vector256.Create(weights[j]), TElement.Load(values + ((long)j * length * TElement.Bytes), i), sum);
            }

            sum.Store(y + i);
        }

        for (; i < length; i++)
        {
            for (int j = 0; j < count; j++)
            {
                y[i] += weights[j] * TElement.LoadScalar(values + ((long)j * length * TElement.Bytes), i);
            }
        }
    }

    private static void Scale(float* y, int length, float factor)
    {
        for (int i = 0; i < length; i++)
        {
            y[i] *= factor;
        }
    }
}
