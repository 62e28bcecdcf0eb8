using Tessera.Architectures;
using Tessera.Runtime.Attention;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Attention over the KV cache against its definition in double precision.</summary>
public sealed class AttentionTests : IDisposable
{
    private const int Layer = 1;

    private readonly WorkerPool _pool = new(3);

    public void Dispose() => _pool.Dispose();

    // Heads, KV heads, key length, value length, positions in the cache before the batch, tokens in the batch.
    [Theory]
    [InlineData(1, 1, 8, 8, 0, 1)]
    [InlineData(4, 4, 16, 16, 0, 7)]
    [InlineData(4, 2, 32, 32, 5, 3)]
    [InlineData(8, 1, 64, 64, 3, 2)]
    [InlineData(6, 2, 128, 128, 0, 5)]
    [InlineData(2, 1, 10, 10, 4, 3)]
    [InlineData(3, 3, 7, 13, 9, 4)]
    [InlineData(4, 2, 24, 20, 1, 2)]
    [InlineData(2, 1, 16, 16, 62, 1)]
    [InlineData(2, 1, 16, 16, 63, 1)]
    [InlineData(2, 1, 16, 16, 64, 1)]
    [InlineData(2, 1, 16, 16, 60, 10)]
    [InlineData(4, 2, 12, 12, 120, 20)]
    [InlineData(2, 2, 16, 16, 0, 200)]
    public void Heads_attend_to_all_positions_up_to_their_own(int heads, int kvHeads, int keyLength, int valueLength, int before, int tokens)
    {
        ModelShape shape = Shape(kvHeads, keyLength, valueLength);
        foreach (KvCacheType type in (ReadOnlySpan<KvCacheType>)[KvCacheType.F32, KvCacheType.F16])
        {
            using TestTensor q = TestTensor.Random(before + tokens, heads * keyLength, 1);
            using TestTensor k = TestTensor.Random(before + tokens, kvHeads * keyLength, 2);
            using TestTensor v = TestTensor.Random(before + tokens, kvHeads * valueLength, 3);
            using var y = new TestTensor(tokens, heads * valueLength);
            using var cache = new KvCache(shape, before + tokens, type);
            Append(cache, 0, k.Rows(0, before), v.Rows(0, before));
            Append(cache, before, k.Rows(before, tokens), v.Rows(before, tokens));

            new AttentionOperator().Run(_pool, cache, Layer, before, q.Rows(before, tokens), 0.7f, y.Tensor);

            float[] expected = NaiveAttention.Of(q.Rows(before, tokens), NaiveAttention.Stored(k, type), NaiveAttention.Stored(v, type), shape, before, 0.7f);
            Assert.Equal(expected, y.Values.ToArray(), (a, b) => MathF.Abs(a - b) <= 2e-6f);
        }
    }

    [Theory]
    [InlineData(KvCacheType.F32)]
    [InlineData(KvCacheType.F16)]
    public void A_tokens_result_does_not_depend_on_its_batch_or_the_threads(KvCacheType type)
    {
        const int Tokens = 150;
        ModelShape shape = Shape(2, 20, 12);
        using TestTensor q = TestTensor.Random(Tokens, 4 * 20, 1);
        using TestTensor k = TestTensor.Random(Tokens, 2 * 20, 2);
        using TestTensor v = TestTensor.Random(Tokens, 2 * 12, 3);
        float[] Run(WorkerPool pool, int batch)
        {
            using var cache = new KvCache(shape, Tokens, type);
            using var y = new TestTensor(Tokens, 4 * 12);
            var attention = new AttentionOperator();
            for (int first = 0; first < Tokens; first += batch)
            {
                int count = Math.Min(batch, Tokens - first);
                Append(cache, first, k.Rows(first, count), v.Rows(first, count));
                attention.Run(pool, cache, Layer, first, q.Rows(first, count), 0.2f, y.Rows(first, count));
            }

            return y.Values.ToArray();
        }

        using var single = new WorkerPool(1);
        float[] whole = Run(_pool, Tokens);

        Assert.Equal(whole, Run(single, Tokens));
        Assert.Equal(whole, Run(_pool, 1));
        Assert.Equal(whole, Run(_pool, 37));
        Assert.Equal(whole, Run(_pool, 64));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-100)]
    public void A_score_far_above_the_others_takes_it_all(float scale)
    {
        // Position 70 has the key that fits, in the second block of 64: what was summed before it must vanish without becoming NaN.
        const int Positions = 100;
        using TestTensor q = TestTensor.Of(1, scale, 0, 0, 0, 0, 0, 0, 0);
        using var k = new TestTensor(Positions, 8);
        using TestTensor v = TestTensor.Random(Positions, 8, 3);
        for (int position = 0; position < Positions; position++)
        {
            k.Values[position * 8] = position == 70 ? MathF.Sign(scale) : -MathF.Sign(scale);
        }

        using var y = new TestTensor(1, 8);
        using var cache = new KvCache(Shape(1, 8, 8), Positions, KvCacheType.F32);
        Append(cache, 0, k.Tensor, v.Tensor);

        new AttentionOperator().Run(_pool, cache, Layer, Positions - 1, q.Tensor, 100, y.Tensor);

        Assert.Equal(v.Tensor.Row(70).ToArray(), y.Values.ToArray());
    }

    [Fact]
    public void Layers_have_caches_of_their_own()
    {
        using TestTensor q = TestTensor.Random(1, 8, 1);
        using TestTensor k = TestTensor.Random(1, 8, 2);
        using TestTensor first = TestTensor.Random(1, 8, 3);
        using TestTensor second = TestTensor.Random(1, 8, 4);
        using var y = new TestTensor(1, 8);
        using var cache = new KvCache(Shape(1, 8, 8), 1, KvCacheType.F32);

        new KvAppend().Run(_pool, cache, 0, 0, k.Tensor, first.Tensor);
        new KvAppend().Run(_pool, cache, 1, 0, k.Tensor, second.Tensor);
        new AttentionOperator().Run(_pool, cache, 0, 0, q.Tensor, 1, y.Tensor);

        Assert.Equal(first.Values.ToArray(), y.Values.ToArray());
    }

    [Fact]
    public void Positions_that_were_written_again_count_as_written_last()
    {
        using TestTensor q = TestTensor.Random(1, 8, 1);
        using TestTensor k = TestTensor.Random(1, 8, 2);
        using TestTensor old = TestTensor.Random(1, 8, 3);
        using TestTensor current = TestTensor.Random(1, 8, 4);
        using var y = new TestTensor(1, 8);
        using var cache = new KvCache(Shape(1, 8, 8), 4, KvCacheType.F32);

        Append(cache, 0, k.Tensor, old.Tensor);
        Append(cache, 0, k.Tensor, current.Tensor);
        new AttentionOperator().Run(_pool, cache, Layer, 0, q.Tensor, 1, y.Tensor);

        Assert.Equal(current.Values.ToArray(), y.Values.ToArray());
    }

    private static ModelShape Shape(int kvHeads, int keyLength, int valueLength) =>
        new() { Vocabulary = 1, ContextLength = 1, Layers = 2, KvHeads = kvHeads, KeyLength = keyLength, ValueLength = valueLength };

    private void Append(KvCache cache, int position, Tensor k, Tensor v) => new KvAppend().Run(_pool, cache, Layer, position, k, v);
}
