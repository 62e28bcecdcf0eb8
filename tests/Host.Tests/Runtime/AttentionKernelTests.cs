using System.Runtime.Intrinsics.X86;
using Tessera.Architectures;
using Tessera.Numerics;
using Tessera.Runtime.Attention;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Attention's tiles and chunks: every instruction set, every way of keeping the cache, lengths around the borders.</summary>
public sealed class AttentionKernelTests : IDisposable
{
    private readonly WorkerPool _pool = new(3);

    public void Dispose() => _pool.Dispose();

    public static TheoryData<int, int, int, int> Shapes => new()
    {
        // Rows per KV head, KV heads, key length, value length.
        { 1, 3, 8, 8 },
        { 2, 2, 20, 20 },
        { 3, 1, 64, 32 },
        { 4, 2, 80, 80 },
        { 7, 1, 20, 8 },
        { 8, 2, 64, 64 },
        { 8, 1, 128, 128 },
        { 71, 1, 32, 32 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_kernel_gives_what_attention_is_defined_as(int group, int kvHeads, int keyLength, int valueLength)
    {
        (int Before, int Tokens)[] batches = [(0, 1), (0, 15), (0, 16), (0, 17), (0, 66), (200, 56), (200, 57), (255, 1), (256, 1), (500, 13), (767, 2)];
        const int Positions = 769;
        using TestTensor q = TestTensor.Random(Positions, group * kvHeads * keyLength, 1);
        using TestTensor k = TestTensor.Random(Positions, kvHeads * keyLength, 2);
        using TestTensor v = TestTensor.Random(Positions, kvHeads * valueLength, 3);
        foreach (KvCacheType type in TypesFor(keyLength, valueLength))
        {
            using var cache = new TestCache(_pool, kvHeads, k, v, type);
            Func<int, int, double> keys = NaiveAttention.Stored(k, type);
            Func<int, int, double> values = NaiveAttention.Stored(v, type);
            foreach ((int before, int tokens) in batches)
            {
                // Some tokens in the middle are enough: the invariance to batches is tested to the bit.
                float[] expected = NaiveAttention.Of(
                    q.Rows(before + (tokens / 2), 1), keys, values, cache.State, before + (tokens / 2), new AttentionRule(0.3f));
                foreach (SimdLevel level in Levels)
                {
                    float[] actual = cache.Attend(q, before, tokens, new AttentionRule(0.3f), level);

                    ReadOnlySpan<float> token = actual.AsSpan(tokens / 2 * expected.Length, expected.Length);
                    Assert.Equal(expected, token.ToArray(), (a, b) => MathF.Abs(a - b) <= (type == KvCacheType.I16 ? 1e-4f : 1e-6f));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Integers_come_closer_to_the_definition_than_binary16(int group, int kvHeads, int keyLength, int valueLength)
    {
        // Scores of some units, so that weights differ by magnitudes.
        using TestTensor q = TestTensor.Random(600, group * kvHeads * keyLength, 1, 4);
        using TestTensor k = TestTensor.Random(600, kvHeads * keyLength, 2, 2);
        using TestTensor v = TestTensor.Random(600, kvHeads * valueLength, 3);
        var rule = new AttentionRule(0.3f);
        double ErrorOf(KvCacheType type)
        {
            using var cache = new TestCache(_pool, kvHeads, k, v, type);
            float[] expected = NaiveAttention.Of(
                q.Rows(590, 10), NaiveAttention.Stored(k, KvCacheType.F32), NaiveAttention.Stored(v, KvCacheType.F32), cache.State, 590, rule);
            return expected.Zip(cache.Attend(q, 590, 10, rule), (a, b) => Math.Pow(a - b, 2)).Sum();
        }

        Assert.InRange(ErrorOf(KvCacheType.I16), 0, 0.5 * ErrorOf(KvCacheType.F16));
    }

    [Theory]
    [InlineData(1, 1f)]
    [InlineData(-1, 1f)]
    [InlineData(1, 1e-3f)]
    [InlineData(-1, 300f)]
    public void Sums_of_integers_do_not_overflow_where_all_products_are_as_large_as_they_can_be(int sign, float magnitude)
    {
        // Keys in the queries' direction, values all of the largest integer; weights equal, or almost.
        const int Positions = 300;
        using TestTensor ones = Constant(Positions, 64, magnitude);
        using TestTensor q = Constant(Positions, 8 * 64, sign);
        using TestTensor v = Constant(Positions, 64, sign * magnitude);
        using var cache = new TestCache(_pool, 1, ones, v, KvCacheType.I16);
        foreach (SimdLevel level in Levels)
        {
            Assert.All(cache.Attend(q, 0, Positions, new AttentionRule(0.125f), level), y => Assert.Equal(sign * magnitude, y, 2e-4 * magnitude));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Assembled_products_give_the_same_bits(int group, int kvHeads, int keyLength, int valueLength)
    {
        Assert.SkipUnless(
            ProcessorFeatures.MachineCode is { } code && code.Features.HasFlag(MachineCodeFeatures.Avx512Vnni), "The processor has no AVX-512 VNNI.");
        using TestTensor q = TestTensor.Random(540, group * kvHeads * keyLength, 1, 3);
        using TestTensor k = TestTensor.Random(540, kvHeads * keyLength, 2, 3);
        using TestTensor v = TestTensor.Random(540, kvHeads * valueLength, 3, 3);
        using var cache = new TestCache(_pool, kvHeads, k, v, KvCacheType.I16);
        foreach ((int before, int tokens) in new[] { (0, 540), (250, 20), (539, 1), (15, 1), (16, 1) })
        {
            float[] expected = cache.Attend(q, before, tokens, new AttentionRule(0.2f), SimdLevel.Avx512);
            Assert.Equal(expected, cache.Attend(q, before, tokens, new AttentionRule(0.2f), SimdLevel.Avx512, ProcessorFeatures.MachineCode));
        }
    }

    [Fact]
    public void What_lies_in_a_pages_memory_before_it_is_written_does_not_matter()
    {
        using TestTensor q = TestTensor.Random(35, 8 * 32, 1);
        using TestTensor k = TestTensor.Random(35, 32, 2);
        foreach (KvCacheType type in Enum.GetValues<KvCacheType>())
        {
            float[] Attend(byte contents)
            {
                using var cache = new TestCache(_pool, 1, k, k, type);
                cache.Sequence.Reserve(35);
                cache.Sequence.Tables[0][0].Contents.Fill(contents);
                return cache.Attend(q, 0, 35, new AttentionRule(1));
            }

            Assert.Equal(Attend(0), Attend(0xFF));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_result_is_the_same_to_the_bit_in_every_batch_with_every_count_of_threads(int group, int kvHeads, int keyLength, int valueLength)
    {
        const int Positions = 540;
        using TestTensor q = TestTensor.Random(Positions, group * kvHeads * keyLength, 1, 3);
        using TestTensor k = TestTensor.Random(Positions, kvHeads * keyLength, 2, 3);
        using TestTensor v = TestTensor.Random(Positions, kvHeads * valueLength, 3, 3);
        using var single = new WorkerPool(1);
        var rule = new AttentionRule(0.2f);
        foreach (KvCacheType type in TypesFor(keyLength, valueLength))
        {
            foreach (SimdLevel level in Levels)
            {
                using var cache = new TestCache(_pool, kvHeads, k, v, type);
                float[] whole = cache.Attend(q, 0, Positions, rule, level, pool: single);
                int columns = whole.Length / Positions;
                foreach ((int before, int tokens) in new[] {
                    (0, Positions), (0, 300), (100, 200), (253, 4), (255, 2), (505, 30), (539, 1), (256, 1), (255, 1), (3, 5) })
                {
                    Assert.Equal(whole[(before * columns)..((before + tokens) * columns)], cache.Attend(q, before, tokens, rule, level));
                    Assert.Equal(whole[(before * columns)..((before + tokens) * columns)], cache.Attend(q, before, tokens, rule, level, pool: single));
                }
            }
        }
    }

    [Fact]
    public void A_cache_that_grows_token_by_token_gives_the_same_bits_as_one_that_is_filled_at_once()
    {
        const int Positions = 270;
        using TestTensor q = TestTensor.Random(Positions, 4 * 32, 1);
        using TestTensor k = TestTensor.Random(Positions, 2 * 32, 2);
        using TestTensor v = TestTensor.Random(Positions, 2 * 32, 3);
        foreach (KvCacheType type in Enum.GetValues<KvCacheType>())
        {
            using var whole = new TestCache(_pool, 2, k, v, type);
            using var growing = new TestCache(_pool, 2, k, v, type);
            float[] expected = whole.Attend(q, 0, Positions, new AttentionRule(1));
            for (int position = 0; position < Positions; position++)
            {
                Assert.Equal(expected[(position * 128)..((position + 1) * 128)], growing.Attend(q, position, 1, new AttentionRule(1)));
            }
        }
    }

    [Fact]
    public void Every_width_of_vectors_gives_the_same_bits_where_multiply_adds_are_fused()
    {
        Assert.SkipUnless(Fma.IsSupported, "The processor has no fused multiply-add.");
        using TestTensor q = TestTensor.Random(300, 6 * 64, 1);
        using TestTensor k = TestTensor.Random(300, 2 * 64, 2);
        using TestTensor v = TestTensor.Random(300, 2 * 96, 3);
        foreach (KvCacheType type in TypesFor(64, 96))
        {
            using var cache = new TestCache(_pool, 2, k, v, type);
            float[] expected = cache.Attend(q, 0, 300, new AttentionRule(0.4f), SimdLevel.Vector128);
            Assert.All(Levels, level => Assert.Equal(expected, cache.Attend(q, 0, 300, new AttentionRule(0.4f), level)));
        }
    }

    [Fact]
    public void Attending_again_allocates_nothing()
    {
        using TestTensor q = TestTensor.Random(600, 4 * 32, 1);
        using TestTensor k = TestTensor.Random(600, 2 * 32, 2);
        using var y = new TestTensor(600, 4 * 32);
        using var cache = new TestCache(_pool, 2, k, k, KvCacheType.F16);
        using var attention = new AttentionOperator();
        var rule = new AttentionRule(1);
        void Run() => cache.RunAgain(attention, q, y, rule);

        cache.Attend(attention, q, 0, y, rule);
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_q8_0_cache_refuses_heads_that_do_not_fill_blocks_of_32()
    {
        TesseraException error = Assert.Throws<TesseraException>(() =>
        {
            using TestTensor k = TestTensor.Random(1, 64);
            using TestTensor v = TestTensor.Random(1, 80);
            new TestCache(_pool, 1, k, v, KvCacheType.Q8_0).Dispose();
        });

        Assert.Contains("80", error.Message, StringComparison.Ordinal);
        Assert.Contains("q8_0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_zero_stay_zero_in_every_cache()
    {
        using var zeros = new TestTensor(3, 32);
        using TestTensor q = TestTensor.Random(3, 32);
        foreach (KvCacheType type in Enum.GetValues<KvCacheType>())
        {
            using var cache = new TestCache(_pool, 1, zeros, zeros, type);
            Assert.All(cache.Attend(q, 0, 3, new AttentionRule(1)), value => Assert.Equal(0, value));
        }
    }

    private static IEnumerable<SimdLevel> Levels =>
        Enum.GetValues<SimdLevel>().Where(level => level <= ProcessorFeatures.BestSimd && level >= SimdLevel.Vector128);

    private static IEnumerable<KvCacheType> TypesFor(int keyLength, int valueLength) =>
        Enum.GetValues<KvCacheType>().Where(type => type != KvCacheType.Q8_0 || (keyLength % 32 == 0 && valueLength % 32 == 0));

    private static TestTensor Constant(int rows, int columns, float value)
    {
        var tensor = new TestTensor(rows, columns);
        tensor.Values.Fill(value);
        return tensor;
    }
}
