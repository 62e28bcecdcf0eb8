using Tessera.Architectures;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Attention over a sequence's pages against its definition in double precision.</summary>
public sealed class AttentionTests : IDisposable
{
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
        foreach (KvCacheType type in (ReadOnlySpan<KvCacheType>)[KvCacheType.F32, KvCacheType.F16])
        {
            using TestTensor q = TestTensor.Random(before + tokens, heads * keyLength, 1);
            using TestTensor k = TestTensor.Random(before + tokens, kvHeads * keyLength, 2);
            using TestTensor v = TestTensor.Random(before + tokens, kvHeads * valueLength, 3);
            using var cache = new TestCache(_pool, kvHeads, k, v, type);
            var rule = new AttentionRule(0.7f);

            float[] actual = cache.Attend(q, before, tokens, rule);

            float[] expected = NaiveAttention.Of(
                q.Rows(before, tokens), NaiveAttention.Stored(k, type), NaiveAttention.Stored(v, type), cache.State, before, rule);
            Assert.Equal(expected, actual, (a, b) => MathF.Abs(a - b) <= 2e-6f);
        }
    }

    [Theory]
    [InlineData(KvCacheType.F32)]
    [InlineData(KvCacheType.F16)]
    public void A_tokens_result_does_not_depend_on_its_batch_or_the_threads(KvCacheType type)
    {
        const int Tokens = 150;
        using TestTensor q = TestTensor.Random(Tokens, 4 * 20, 1);
        using TestTensor k = TestTensor.Random(Tokens, 2 * 20, 2);
        using TestTensor v = TestTensor.Random(Tokens, 2 * 12, 3);
        float[] Run(WorkerPool pool, int batch)
        {
            using var cache = new TestCache(pool, 2, k, v, type);
            return [.. Enumerable.Range(0, (Tokens + batch - 1) / batch)
                .SelectMany(i => cache.Attend(q, i * batch, Math.Min(batch, Tokens - (i * batch)), new AttentionRule(0.2f)))];
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
        using var q = new TestTensor(Positions, 8);
        using var k = new TestTensor(Positions, 8);
        using TestTensor v = TestTensor.Random(Positions, 8, 3);
        q.Tensor.Row(Positions - 1)[0] = scale;
        for (int position = 0; position < Positions; position++)
        {
            k.Values[position * 8] = position == 70 ? MathF.Sign(scale) : -MathF.Sign(scale);
        }

        using var cache = new TestCache(_pool, 1, k, v, KvCacheType.F32);

        Assert.Equal(v.Tensor.Row(70).ToArray(), cache.Attend(q, Positions - 1, 1, new AttentionRule(100)));
    }

    [Fact]
    public void Positions_that_were_written_again_count_as_written_last()
    {
        using TestTensor q = TestTensor.Random(1, 8, 1);
        using TestTensor k = TestTensor.Random(1, 8, 2);
        using TestTensor v = TestTensor.Random(1, 8, 3);
        using var cache = new TestCache(_pool, 1, k, v, KvCacheType.F32);
        cache.MoveTo(1);
        v.Values.Fill(7);

        Assert.All(cache.Attend(q, 0, 1, new AttentionRule(1)), value => Assert.Equal(7, value));
    }
}
