using Tessera.Generation;
using static Tessera.Host.Tests.Generation.Chances;

namespace Tessera.Host.Tests.Generation;

public class SamplerTests
{
    private static readonly float[] Uneven = Logits(0.4f, 0.3f, 0.2f, 0.1f);

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    public void Temperature_zero_or_less_takes_the_largest_logit_and_the_lowest_id_of_equals(float temperature)
    {
        var logits = new float[1003];
        Array.Fill(logits, -1f);
        var sampler = new Sampler(new SamplingOptions { Temperature = temperature }, logits.Length);
        foreach (int largest in new[] { 1002, 1001, 517, 64, 7, 0 })
        {
            logits[largest] = 3;

            Assert.Equal(largest, sampler.Sample(logits));
        }
    }

    [Fact]
    public void A_greedy_choice_heeds_penalties()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 0, FrequencyPenalty = 2 }, 3);
        sampler.Accept(0);

        Assert.Equal(1, sampler.Sample([3, 2, 1]));
    }

    [Fact]
    public void A_greedy_choice_is_among_the_typical_tokens()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 0, TypicalP = 0.5f }, 4);

        Assert.Equal(1, sampler.Sample(Logits(0.4f, 0.2f, 0.2f, 0.2f)));
    }

    [Fact]
    public void Tokens_are_drawn_as_often_as_they_are_likely()
    {
        var sampler = new Sampler(AllOff, 4);

        int[] drawn = [.. Enumerable.Range(0, 20_000).Select(_ => sampler.Sample(Uneven))];

        Assert.All([0.4, 0.3, 0.2, 0.1], (p, id) => Assert.Equal(p, drawn.Count(one => one == id) / 20_000.0, 0.015));
    }

    [Fact]
    public void A_seed_fixes_the_tokens_on_every_machine()
    {
        // Computed apart from this implementation: xoshiro256** from seed 42, and the first token whose cumulative probability exceeds the number.
        int[] expected = [0, 0, 1, 3, 3, 2, 2, 2, 2, 1, 1, 0, 2, 0, 2, 2, 1, 2, 2, 2, 0, 0, 1, 1];
        var sampler = new Sampler(AllOff with { TopK = 3000 }, 4);

        Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(_ => sampler.Sample(Uneven)));
    }

    [Fact]
    public void A_random_seed_can_be_read_and_used_again()
    {
        var first = new Sampler(AllOff with { Seed = null }, 4);
        var second = new Sampler(AllOff with { Seed = first.Seed }, 4);

        Assert.Equal(Enumerable.Range(0, 50).Select(_ => first.Sample(Uneven)), Enumerable.Range(0, 50).Select(_ => second.Sample(Uneven)).ToArray());
        Assert.Equal(first.Seed, second.Seed);
        Assert.NotEqual(first.Seed, new Sampler(AllOff with { Seed = null }, 4).Seed);
    }

    [Fact]
    public void A_forbidden_token_is_never_drawn()
    {
        var sampler = new Sampler(AllOff, 3);

        Assert.All(Enumerable.Range(0, 200), _ => Assert.NotEqual(1, sampler.Sample([0, float.NegativeInfinity, 0])));
    }

    [Theory]
    [InlineData(float.NaN, 0f)]
    [InlineData(float.NaN, 0.8f)]
    [InlineData(float.PositiveInfinity, 0f)]
    [InlineData(float.PositiveInfinity, 0.8f)]
    public void A_logit_that_is_no_number_is_an_error_that_names_the_token(float logit, float temperature)
    {
        foreach (int id in new[] { 0, 15, 69 })
        {
            var sampler = new Sampler(new SamplingOptions { Temperature = temperature }, 70);
            var logits = new float[70];
            logits[id] = logit;

            var error = Assert.Throws<TesseraException>(() => sampler.Sample(logits));

            Assert.Contains($"token {id} (of 70)", error.Message);
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.8f)]
    public void Nothing_but_forbidden_tokens_is_an_error(float temperature)
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = temperature }, 2);

        Assert.Throws<TesseraException>(() => sampler.Sample([float.NegativeInfinity, float.NegativeInfinity]));
    }

    [Fact]
    public void Wrong_sizes_and_ids_are_refused()
    {
        var sampler = new Sampler(new SamplingOptions(), 3);

        Assert.Throws<ArgumentException>(() => sampler.Sample([1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Accept(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Accept(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sampler.LogProbability([1, 2], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(new SamplingOptions(), 0));
    }

    [Theory]
    [InlineData(0.8f, 40, 1f, 0f)]
    [InlineData(0.8f, 40, 0.5f, 1.1f)]
    [InlineData(0.8f, 0, 1f, 0f)]
    [InlineData(0.8f, 0, 0.9f, 0f)]
    [InlineData(0f, 40, 1f, 1.1f)]
    public void Sampling_allocates_nothing(float temperature, int topK, float typicalP, float penalty)
    {
        var random = new Random(1);
        float[] logits = [.. Enumerable.Range(0, 5000).Select(_ => random.NextSingle() * 20)];
        var options = new SamplingOptions { Temperature = temperature, TopK = topK, TypicalP = typicalP, PresencePenalty = penalty };
        var sampler = new Sampler(options, logits.Length);
        for (int i = 0; i < 100; i++)
        {
            sampler.Accept(sampler.Sample(logits));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            sampler.Accept(sampler.Sample(logits));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Log_probability_is_the_log_softmax_of_the_logits()
    {
        Assert.Equal(Math.Log(0.3), Sampler.LogProbability(Uneven, 1), 1e-7);
        Assert.Equal(-Math.Log(1 + Math.Exp(-1000)), Sampler.LogProbability([9000, 8000], 0), 1e-12);
        Assert.Equal(-1000, Sampler.LogProbability([9000, 8000], 1), 1e-12);
        Assert.Equal(double.NegativeInfinity, Sampler.LogProbability([0, float.NegativeInfinity], 1));
        Assert.Equal(-Math.Log(1003), Sampler.LogProbability(new float[1003], 1002), 1e-12);
        Assert.Throws<TesseraException>(() => Sampler.LogProbability([0, float.NaN], 0));
    }
}
