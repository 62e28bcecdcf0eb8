using Tessera.Architectures;
using Tessera.Numerics;
using Tessera.Runtime.Operators;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Attention's options against their definition, at every instruction set, with every way of keeping the cache.</summary>
public sealed class AttentionRuleTests : IDisposable
{
    private const int Heads = 6;
    private const int KvHeads = 2;
    private const int KeyLength = 32;
    private const int ValueLength = 64;

    private static readonly Vector Sinks = new WeightVector([0.5f, -2, 3, 0, 1, 20]) { Name = "sinks", Length = Heads };
    private static readonly float[] Slopes = [0.5f, 0.25f, 0.125f, 0.0625f, 0.03f, 0.01f];

    private readonly WorkerPool _pool = new(3);

    public void Dispose() => _pool.Dispose();

    public static TheoryData<AttentionRule> Rules =>
    [
        new AttentionRule(0.4f) { Window = 1 },
        new AttentionRule(0.4f) { Window = 7 },
        new AttentionRule(0.4f) { Window = 100 },
        new AttentionRule(0.4f) { Window = 256 },
        new AttentionRule(0.4f) { Window = 300 },
        new AttentionRule(0.4f) { Window = 64, Chunked = true },
        new AttentionRule(0.4f) { Window = 300, Chunked = true },
        new AttentionRule(0.4f) { SoftCap = 2 },
        new AttentionRule(0.4f) { SoftCap = 50 },
        new AttentionRule(0.4f) { Sinks = Sinks },
        new AttentionRule(0.4f) { Slopes = Slopes },
        new AttentionRule(0.4f) { Slopes = Slopes, SoftCap = 3, Window = 70, Sinks = Sinks },
    ];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Options_do_what_they_are_defined_as(AttentionRule rule)
    {
        const int Positions = 600;
        using TestTensor q = TestTensor.Random(Positions, Heads * KeyLength, 1, 2);
        using TestTensor k = TestTensor.Random(Positions, KvHeads * KeyLength, 2);
        using TestTensor v = TestTensor.Random(Positions, KvHeads * ValueLength, 3);
        foreach (KvCacheType type in Enum.GetValues<KvCacheType>())
        {
            using var cache = new TestCache(_pool, KvHeads, k, v, type);
            foreach ((int before, int tokens) in new[] { (0, 1), (0, 40), (63, 2), (250, 20), (599, 1) })
            {
                float[] expected = NaiveAttention.Of(
                    q.Rows(before, tokens), NaiveAttention.Stored(k, type), NaiveAttention.Stored(v, type), cache.State, before, rule);
                foreach (SimdLevel level in Levels)
                {
                    float[] actual = cache.Attend(q, before, tokens, rule, level, ProcessorFeatures.MachineCode);
                    Assert.Equal(expected, actual, (a, b) => MathF.Abs(a - b) <= (type == KvCacheType.I16 ? 2e-4f : 4e-6f));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_result_is_the_same_to_the_bit_in_every_batch(AttentionRule rule)
    {
        const int Positions = 540;
        using TestTensor q = TestTensor.Random(Positions, Heads * KeyLength, 1, 3);
        using TestTensor k = TestTensor.Random(Positions, KvHeads * KeyLength, 2, 3);
        using TestTensor v = TestTensor.Random(Positions, KvHeads * ValueLength, 3, 3);
        foreach (KvCacheType type in (KvCacheType[])[KvCacheType.F32, KvCacheType.I16])
        {
            using var cache = new TestCache(_pool, KvHeads, k, v, type);
            float[] whole = cache.Attend(q, 0, Positions, rule);
            int columns = whole.Length / Positions;
            foreach ((int before, int tokens) in new[] { (0, 300), (100, 200), (253, 4), (255, 2), (505, 30), (539, 1), (256, 1), (3, 5) })
            {
                Assert.Equal(whole[(before * columns)..((before + tokens) * columns)], cache.Attend(q, before, tokens, rule));
            }
        }
    }

    [Theory]
    [InlineData(0, 300)]
    [InlineData(0, 17)]
    [InlineData(10, 300)]
    [InlineData(64, 300)]
    public void Who_sees_ahead_sees_the_whole_text_or_both_sides(int window, int length)
    {
        var rule = new AttentionRule(0.4f) { SeesAhead = true, Window = window };
        using TestTensor q = TestTensor.Random(length, Heads * KeyLength, 1, 2);
        using TestTensor k = TestTensor.Random(length, KvHeads * KeyLength, 2);
        using TestTensor v = TestTensor.Random(length, KvHeads * ValueLength, 3);
        using var cache = new TestCache(_pool, KvHeads, k, v, KvCacheType.F32);

        float[] actual = cache.Attend(q, 0, length, rule);

        float[] expected = NaiveAttention.Of(
            q.Tensor, NaiveAttention.Stored(k, KvCacheType.F32), NaiveAttention.Stored(v, KvCacheType.F32), cache.State, 0, rule, length);
        Assert.Equal(expected, actual, (a, b) => MathF.Abs(a - b) <= 4e-6f);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(256)]
    [InlineData(400)]
    public void A_window_keeps_its_own_pages_and_forgets_others(int window)
    {
        const int Positions = 1500;
        var rule = new AttentionRule(0.4f) { Window = window };
        using TestTensor q = TestTensor.Random(Positions, Heads * KeyLength, 1);
        using TestTensor k = TestTensor.Random(Positions, KvHeads * KeyLength, 2);
        using TestTensor v = TestTensor.Random(Positions, KvHeads * ValueLength, 3);
        using var forgetful = new TestCache(_pool, KvHeads, k, v, KvCacheType.F32, window);
        using var whole = new TestCache(_pool, KvHeads, k, v, KvCacheType.F32);
        for (int position = 0; position < Positions; position += 100)
        {
            Assert.Equal(whole.Attend(q, position, 100, rule), forgetful.Attend(q, position, 100, rule));
        }

        Assert.InRange(forgetful.Pool.Used, 0, ((window / PageLayout.Positions) + 2) * forgetful.Pool.BytesPerPage);
    }

    private static IEnumerable<SimdLevel> Levels =>
        Enum.GetValues<SimdLevel>().Where(level => level <= ProcessorFeatures.BestSimd && level >= SimdLevel.Vector128);
}
