using Tessera.Generation;

namespace Tessera.Host.Tests.Generation;

/// <summary>Distributions written as probabilities, with the index as the id.</summary>
internal static class Chances
{
    /// <summary>Each step on its own off: only the draw is left.</summary>
    public static SamplingOptions AllOff { get; } = new() { Temperature = 1, TopK = 0, TopP = 1, MinP = 0, TypicalP = 1, Seed = 42 };

    public static float[] Logits(params float[] probabilities) => [.. probabilities.Select(p => MathF.Log(p))];

    public static Candidate[] Candidates(params float[] probabilities) => [.. probabilities.Select((p, id) => new Candidate(id, MathF.Log(p)))];

    /// <summary>Asserts that these ids are left, in this order and with these probabilities.</summary>
    public static void AssertLeft(Span<Candidate> candidates, params (int Id, double Probability)[] expected)
    {
        double total = Softmax.Weigh(candidates);
        Candidate[] left = candidates.ToArray();
        Assert.Equal(expected.Select(one => one.Id), left.Select(candidate => candidate.Id));
        Assert.All(left.Zip(expected), pair => Assert.Equal(pair.Second.Probability, pair.First.Weight / total, 1e-6));
    }
}
