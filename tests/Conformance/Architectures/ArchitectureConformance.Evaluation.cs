using Tessera.Generation;
using Tessera.Numerics;
using Xunit;

namespace Tessera.Conformance.Architectures;

public abstract partial class ArchitectureConformance
{
    private static readonly int[] Ids = [1, 5, 9, 5, 0, 7, 8, 3, 2, 6, 4, 4, 9, 1, 0, 2, 7, 3, 5];

    [Fact]
    public void Every_position_has_finite_logits_that_are_not_all_the_same()
    {
        using LanguageModel model = Load();
        using IModelSession session = model.CreateSession(Ids.Length);

        float[] logits = Evaluate(session, model, Ids);

        Assert.All(logits, value => Assert.True(float.IsFinite(value)));
        Assert.All(logits.Chunk(model.Shape.Vocabulary), position => Assert.True(position.Distinct().Count() > 1));
    }

    /// <remarks>One by one, all keys and values but the last come from the cache; together, none does.</remarks>
    [Theory]
    [InlineData(NumericsMode.Exact)]
    [InlineData(NumericsMode.Fast)]
    public void Every_batching_gives_the_same_bits(NumericsMode numerics)
    {
        using LanguageModel model = Load(numerics);
        using IModelSession together = model.CreateSession(Ids.Length);
        float[] expected = Evaluate(together, model, Ids);
        foreach (int size in (int[])[1, 2, 3, 5, 16])
        {
            using IModelSession session = model.CreateSession(Ids.Length);
            float[] actual = [.. Ids.Chunk(size).SelectMany(batch => Evaluate(session, model, batch))];
            AssertSameBits(expected, actual);
        }
    }

    [Fact]
    public void Logits_that_nobody_asks_for_change_no_others()
    {
        using LanguageModel model = Load();
        using IModelSession all = model.CreateSession(Ids.Length);
        float[] expected = Evaluate(all, model, Ids);
        foreach (int outputs in (int[])[0, 1, 2, Ids.Length - 1])
        {
            using IModelSession session = model.CreateSession(Ids.Length);
            var logits = new float[outputs * model.Shape.Vocabulary];
            session.Evaluate(Ids, logits, TestContext.Current.CancellationToken);
            AssertSameBits(expected.AsSpan(expected.Length - logits.Length), logits);
        }
    }

    [Fact]
    public void A_token_does_not_see_those_after_it()
    {
        using LanguageModel model = Load();
        using IModelSession session = model.CreateSession(Ids.Length);
        float[] expected = Evaluate(session, model, Ids);
        for (int changed = 2; changed < Ids.Length; changed += 4)
        {
            int[] ids = [.. Ids];
            ids[changed] = (ids[changed] + 1) % 10;
            session.Rewind(0);
            AssertSameBits(expected.AsSpan(0, changed * model.Shape.Vocabulary), Evaluate(session, model, ids).AsSpan(0, changed * model.Shape.Vocabulary));
        }
    }

    [Fact]
    public void What_was_rewound_is_forgotten()
    {
        using LanguageModel model = Load();
        using IModelSession session = model.CreateSession(Ids.Length);
        float[] expected = Evaluate(session, model, Ids);

        session.Rewind(4);
        _ = Evaluate(session, model, [9, 9, 9]);
        session.Rewind(4);

        AssertSameBits(expected.AsSpan(4 * model.Shape.Vocabulary), Evaluate(session, model, Ids.AsSpan(4)));
    }

    [Fact]
    public void Sessions_do_not_disturb_each_other()
    {
        using LanguageModel model = Load();
        using IModelSession first = model.CreateSession(Ids.Length);
        using IModelSession second = model.CreateSession(Ids.Length);
        float[] expected = Evaluate(first, model, Ids);
        first.Rewind(0);

        var logits = new List<float>();
        foreach (int id in Ids)
        {
            logits.AddRange(Evaluate(first, model, [id]));
            _ = Evaluate(second, model, [(id + 1) % 10]);
        }

        AssertSameBits(expected, [.. logits]);
    }

    private static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                $"logit {i}: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }
}
