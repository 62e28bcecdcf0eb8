using Tessera.Generation;
using static Tessera.Host.Tests.Generation.Chances;

namespace Tessera.Host.Tests.Generation;

/// <summary>Each pair of steps on logits where the other order would leave other tokens.</summary>
public class SamplerChainTests
{
    [Fact]
    public void Penalties_come_before_top_k()
    {
        var sampler = new Sampler(AllOff with { RepeatPenalty = 3, TopK = 1 }, 3);
        sampler.Accept(0);

        AssertLeft(sampler.Truncate([3, 2, 1]), (1, 1));
    }

    [Fact]
    public void Top_k_comes_before_typical_p()
    {
        // Of all four, the entropy 1.332 is nearest to the surprise of 0.2; of the first two, 0.637 is nearest to that of 2/3.
        var sampler = new Sampler(AllOff with { TopK = 2, TypicalP = 0.5f }, 4);

        AssertLeft(sampler.Truncate(Logits(0.4f, 0.2f, 0.2f, 0.2f)), (0, 1));
    }

    [Fact]
    public void Typical_p_comes_before_top_p()
    {
        var sampler = new Sampler(AllOff with { TypicalP = 0.5f, TopP = 0.5f }, 4);

        AssertLeft(sampler.Truncate(Logits(0.4f, 0.2f, 0.2f, 0.2f)), (1, 0.5), (2, 0.5));
    }

    [Fact]
    public void Top_p_counts_what_top_k_left()
    {
        // 4/9 + 3/9 reaches 0.75; 0.4 + 0.3 would not.
        var sampler = new Sampler(AllOff with { TopK = 3, TopP = 0.75f }, 4);

        AssertLeft(sampler.Truncate(Logits(0.4f, 0.3f, 0.2f, 0.1f)), (0, 4 / 7.0), (1, 3 / 7.0));
    }

    [Fact]
    public void Min_p_comes_after_top_p()
    {
        // Min-p first would leave three, of which 4/9 + 3/9 reaches 0.75.
        var sampler = new Sampler(AllOff with { TopP = 0.75f, MinP = 0.4f }, 4);

        AssertLeft(sampler.Truncate(Logits(0.4f, 0.3f, 0.2f, 0.1f)), (0, 4 / 9.0), (1, 3 / 9.0), (2, 2 / 9.0));
    }

    [Fact]
    public void Temperature_comes_last()
    {
        var sampler = new Sampler(AllOff with { MinP = 0.6f, Temperature = 1e6f }, 4);
        float[] logits = Logits(0.4f, 0.3f, 0.2f, 0.1f);

        int[] drawn = [.. Enumerable.Range(0, 4000).Select(_ => sampler.Sample(logits))];

        Assert.Equal([0, 1], drawn.Distinct().Order());
        Assert.Equal(0.5, drawn.Average(), 0.03);
    }

    [Fact]
    public void The_defaults_are_llama_cpps()
    {
        // Top-k 40 leaves 40 of 100 equal tokens; top-p 0.95 then 38 of them; min-p 0.05 all of these.
        var sampler = new Sampler(new SamplingOptions(), 100);

        Assert.Equal(38, sampler.Truncate(new float[100]).Length);
        Assert.Equal(0.8f, new SamplingOptions().Temperature);
        Assert.Equal(64, new SamplingOptions().RepeatLastN);
    }
}
