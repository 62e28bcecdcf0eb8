using Tessera.Generation;
using static Tessera.Host.Tests.Generation.Chances;

namespace Tessera.Host.Tests.Generation;

public class SuppressedTokensTests
{
    private static readonly float[] Uneven = Logits(0.4f, 0.3f, 0.2f, 0.1f);

    public static TheoryData<SamplingOptions> Ways =>
    [
        AllOff,
        AllOff with { Temperature = 0 },
        AllOff with { Temperature = 0, TypicalP = 0.5f },
        AllOff with { TopK = 1 },
        new SamplingOptions { Seed = 1 },
        AllOff with { FrequencyPenalty = -100, RepeatPenalty = 0.5f },
        AllOff with { Temperature = 1e6f },
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_suppressed_token_is_never_chosen(SamplingOptions options)
    {
        var sampler = new Sampler(options, 4, [0, 2, 0]);
        sampler.Accept(0);

        Assert.All(Enumerable.Range(0, 500).Select(_ => sampler.Sample(Uneven)), id => Assert.True(id is 1 or 3));
    }

    [Fact]
    public void The_others_are_drawn_as_often_as_before()
    {
        var sampler = new Sampler(AllOff, 4, [0]);

        int[] drawn = [.. Enumerable.Range(0, 20_000).Select(_ => sampler.Sample(Uneven))];

        Assert.All([0, 0.5, 1 / 3.0, 1 / 6.0], (p, id) => Assert.Equal(p, drawn.Count(one => one == id) / 20_000.0, 0.015));
    }

    [Fact]
    public void The_callers_logits_stay_as_they_are()
    {
        float[] logits = [.. Uneven];

        new Sampler(AllOff, 4, [0]).Sample(logits);

        Assert.Equal(Uneven, logits);
    }

    [Fact]
    public void Ids_that_do_not_exist_count_for_nothing() =>
        Assert.Equal(0, new Sampler(AllOff with { Temperature = 0 }, 4, [-1, 4, int.MaxValue]).Sample(Uneven));

    [Fact]
    public void Not_all_tokens_can_be_suppressed()
    {
        var error = Assert.Throws<TesseraException>(() => new Sampler(AllOff, 3, [2, 1, 0, 1]));

        Assert.Equal("All 3 tokens are suppressed: no token may come next.", error.Message);
    }
}
