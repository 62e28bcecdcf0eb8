using Tessera.Generation;
using static Tessera.Host.Tests.Generation.Chances;

namespace Tessera.Host.Tests.Generation;

public class TruncationTests
{
    [Fact]
    public void Top_k_keeps_the_k_largest_and_what_remains_sums_up_to_one()
    {
        AssertLeft(new TopK(3, 4).Select(Logits(0.1f, 0.2f, 0.3f, 0.4f)), (3, 4 / 9.0), (2, 3 / 9.0), (1, 2 / 9.0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void Top_k_keeps_all_where_k_is_off_or_no_less_than_the_vocabulary(int k)
    {
        AssertLeft(new TopK(k, 4).Select(Logits(0.1f, 0.2f, 0.3f, 0.4f)), (0, 0.1), (1, 0.2), (2, 0.3), (3, 0.4));
    }

    [Fact]
    public void Top_k_takes_the_lower_ids_of_equal_logits()
    {
        var logits = new float[1000];
        logits[700] = 1;
        logits[1] = -0.0f;
        logits[900] = -1;

        Assert.Equal([700, 0, 1, 2, 3], Ids(new TopK(5, logits.Length).Select(logits)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(41, 40)]
    [InlineData(1000, 40)]
    [InlineData(1003, 600)]
    [InlineData(30011, 40)]
    [InlineData(30011, 29000)]
    public void Top_k_equals_a_full_sort(int vocabularySize, int k)
    {
        var random = new Random(vocabularySize);
        float[] mixed = [.. Enumerable.Range(0, vocabularySize).Select(_ => MathF.Round(random.NextSingle() * 500 - 250))];
        mixed[vocabularySize / 2] = float.NegativeInfinity;
        float[] rising = [.. mixed.Order()];

        foreach (float[] logits in new[] { mixed, rising })
        {
            var topK = new TopK(k, vocabularySize);
            IEnumerable<int> expected = Enumerable.Range(0, vocabularySize).Where(id => logits[id] > float.NegativeInfinity)
                .OrderByDescending(id => logits[id]).ThenBy(id => id).Take(k);
            Assert.Equal(expected, Ids(topK.Select(logits)));
            Assert.Equal(expected, Ids(topK.Select(logits)));
        }
    }

    [Theory]
    [InlineData(0.0f, 1)]
    [InlineData(0.4f, 1)]
    [InlineData(0.7f, 2)]
    [InlineData(0.8f, 3)]
    [InlineData(0.89f, 3)]
    [InlineData(0.91f, 4)]
    public void Top_p_keeps_the_likeliest_until_their_sum_reaches_p(float p, int expected)
    {
        Candidate[] candidates = Candidates(0.1f, 0.2f, 0.3f, 0.4f);

        int kept = TopP.Keep(candidates, p);

        Assert.Equal(Enumerable.Range(0, expected).Select(i => 3 - i), Ids(candidates.AsSpan(0, kept)));
    }

    [Fact]
    public void What_top_p_leaves_sums_up_to_one()
    {
        Candidate[] candidates = Candidates(0.1f, 0.2f, 0.3f, 0.4f);

        int kept = TopP.Keep(candidates, 0.7f);

        AssertLeft(candidates.AsSpan(0, kept), (3, 4 / 7.0), (2, 3 / 7.0));
    }

    [Fact]
    public void Top_p_of_a_large_vocabulary_equals_a_full_sort()
    {
        var random = new Random(5);
        Candidate[] candidates = [.. Enumerable.Range(0, 20_000).Select(id => new Candidate(id, MathF.Round(random.NextSingle() * 1000) / 100))];
        Candidate[] sorted = [.. candidates.OrderByDescending(candidate => candidate.Logit).ThenBy(candidate => candidate.Id)];
        double total = sorted.Sum(candidate => Math.Exp(candidate.Logit));
        double sum = 0;
        int expected = 0;
        while (sum < 0.5 * total)
        {
            sum += Math.Exp(sorted[expected++].Logit);
        }

        int kept = TopP.Keep(candidates, 0.5f);

        Assert.Equal(sorted.Take(expected).Select(candidate => candidate.Id), Ids(candidates.AsSpan(0, kept)));
    }

    [Theory]
    [InlineData(0.24f, new[] { 0, 1, 2, 3 })]
    [InlineData(0.26f, new[] { 1, 2, 3 })]
    [InlineData(0.49f, new[] { 1, 2, 3 })]
    [InlineData(0.51f, new[] { 2, 3 })]
    [InlineData(0.74f, new[] { 2, 3 })]
    [InlineData(0.76f, new[] { 3 })]
    [InlineData(1.0f, new[] { 3 })]
    public void Min_p_keeps_what_is_likely_enough_beside_the_likeliest(float p, int[] expected)
    {
        Candidate[] candidates = Candidates(0.1f, 0.2f, 0.3f, 0.4f);

        int kept = MinP.Keep(candidates, p);

        Assert.Equal(expected, Ids(candidates.AsSpan(0, kept)));
    }

    [Fact]
    public void Typical_p_keeps_a_likely_token_of_low_entropy()
    {
        Candidate[] candidates = Candidates(0.97f, 0.01f, 0.01f, 0.01f);

        int kept = TypicalP.Keep(candidates, 0.5f);

        AssertLeft(candidates.AsSpan(0, kept), (0, 1));
    }

    [Fact]
    public void Typical_p_drops_the_likeliest_token_where_it_surprises_too_little()
    {
        // Entropy 1.332; surprises 0.916 and 1.609: the three are nearer.
        Candidate[] candidates = Candidates(0.4f, 0.2f, 0.2f, 0.2f);

        int kept = TypicalP.Keep(candidates, 0.5f);

        AssertLeft(candidates.AsSpan(0, kept), (1, 1 / 3.0), (2, 1 / 3.0), (3, 1 / 3.0));
    }

    [Fact]
    public void Typical_p_must_be_exceeded_not_reached()
    {
        Candidate[] candidates = [new(0, 1), new(1, 1), new(2, 1), new(3, 1)];

        Assert.Equal(3, TypicalP.Keep(candidates, 0.5f));
    }

    [Fact]
    public void Typical_p_bears_candidates_whose_probability_vanishes()
    {
        Candidate[] candidates = [new(0, 0), new(1, -5000), new(2, float.MinValue)];

        Assert.Equal(1, TypicalP.Keep(candidates, 0.9f));
        Assert.Equal(0, candidates[0].Id);
    }

    [Theory]
    [InlineData(0.5, 0.8, 0.2)]
    [InlineData(1, 2 / 3.0, 1 / 3.0)]
    [InlineData(1e30, 0.5, 0.5)]
    [InlineData(1e-45, 1, 0)]
    public void Temperature_divides_the_logits(double temperature, double first, double second)
    {
        Candidate[] candidates = [new(0, MathF.Log(2)), new(1, 0)];

        double total = Softmax.Weigh(candidates, temperature);

        Assert.Equal(first, candidates[0].Weight / total, 1e-7);
        Assert.Equal(second, candidates[1].Weight / total, 1e-7);
    }

    private static IEnumerable<int> Ids(ReadOnlySpan<Candidate> candidates) => candidates.ToArray().Select(candidate => candidate.Id);
}
