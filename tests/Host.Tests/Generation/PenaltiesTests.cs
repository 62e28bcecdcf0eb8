using Tessera.Generation;
using static Tessera.Host.Tests.Generation.Chances;

namespace Tessera.Host.Tests.Generation;

public class PenaltiesTests
{
    private static readonly float[] Unpenalized = [4, -4, 0, 2];

    [Fact]
    public void The_repeat_penalty_divides_positive_and_multiplies_negative_logits()
    {
        Assert.Equal([2, -8, 0, 2], Penalized(AllOff with { RepeatPenalty = 2 }, 0, 1, 2));
    }

    [Fact]
    public void The_repeat_penalty_does_not_grow_with_repetition()
    {
        Assert.Equal([2, -4, 0, 2], Penalized(AllOff with { RepeatPenalty = 2 }, 0, 0, 0));
    }

    [Fact]
    public void The_frequency_penalty_counts_and_the_presence_penalty_does_not()
    {
        Assert.Equal([4 - 3 * 0.5f - 0.25f, -4, 0 - 0.5f - 0.25f, 2], Penalized(AllOff with { FrequencyPenalty = 0.5f, PresencePenalty = 0.25f }, 0, 2, 0, 0));
    }

    [Fact]
    public void The_repeat_penalty_comes_before_what_is_subtracted()
    {
        Assert.Equal([4 / 2 - 1, -4, 0, 2], Penalized(AllOff with { RepeatPenalty = 2, PresencePenalty = 1 }, 0));
    }

    [Fact]
    public void Negative_penalties_encourage_repetition()
    {
        Assert.Equal([4, -4, 0, 2.5f], Penalized(AllOff with { FrequencyPenalty = -0.25f }, 3, 3));
    }

    [Fact]
    public void Tokens_before_the_last_n_are_forgotten()
    {
        SamplingOptions options = AllOff with { FrequencyPenalty = 1, RepeatLastN = 2 };

        Assert.Equal([4, -4 - 1, 0, 2 - 1], Penalized(options, 0, 0, 0, 1, 3));
        Assert.Equal([4, -4, 0, 2 - 2], Penalized(options, 0, 3, 1, 3, 3));
    }

    [Fact]
    public void A_forbidden_token_stays_forbidden()
    {
        var penalties = new Penalties(AllOff with { RepeatPenalty = 0.5f, PresencePenalty = -10 }, 2);
        penalties.Accept(0);

        Assert.Equal([float.NegativeInfinity, 1], penalties.Apply([float.NegativeInfinity, 1]).ToArray());
    }

    [Theory]
    [InlineData(1.0f, 0, 0, 64, true)]
    [InlineData(2.0f, 1, 1, 0, true)]
    [InlineData(1.1f, 0, 0, 64, false)]
    [InlineData(1.0f, 0.1f, 0, 64, false)]
    [InlineData(1.0f, 0, -0.1f, 64, false)]
    public void They_are_off_where_they_would_change_nothing(float repeat, float frequency, float presence, int lastN, bool expected)
    {
        var options = new SamplingOptions { RepeatPenalty = repeat, FrequencyPenalty = frequency, PresencePenalty = presence, RepeatLastN = lastN };

        Assert.Equal(expected, Penalties.AreOff(options));
    }

    private static float[] Penalized(SamplingOptions options, params int[] accepted)
    {
        var penalties = new Penalties(options, Unpenalized.Length);
        foreach (int id in accepted)
        {
            penalties.Accept(id);
        }

        return penalties.Apply(Unpenalized).ToArray();
    }
}
