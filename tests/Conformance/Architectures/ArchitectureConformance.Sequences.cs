using System.Runtime.InteropServices;
using Tessera.Generation;
using Tessera.Numerics;
using Tessera.Runtime.Batches;
using Tessera.Runtime.State;
using Xunit;

namespace Tessera.Conformance.Architectures;

public abstract partial class ArchitectureConformance
{
    private const int Schedules = 6;
    private const int LongestText = 700;

    /// <remarks>Texts are cut, forked and taken back at random places; what a fork then reads is another text.</remarks>
    [Theory]
    [InlineData(NumericsMode.Exact)]
    [InlineData(NumericsMode.Fast)]
    public void Any_way_of_cutting_any_three_texts_into_batches_gives_each_the_bits_that_it_has_alone(NumericsMode numerics)
    {
        using LanguageModel model = Load(numerics);
        for (int seed = 0; seed < Schedules; seed++)
        {
            var random = new Random(seed);
            ScheduledText[] texts = [.. Enumerable.Range(0, 3).Select(_ => new ScheduledText(model, RandomIds(random, RandomLength(random))))];
            while (texts.Any(text => text.Remaining > 0))
            {
                RunBatch(model, texts, random, seed);
                foreach (ScheduledText text in texts)
                {
                    text.TakeBack(random);
                }
            }

            Array.ForEach(texts, text => text.Dispose());
        }
    }

    private static void RunBatch(LanguageModel model, ScheduledText[] texts, Random random, int seed)
    {
        ScheduledText[] taking = [.. texts.Where(text => text.Remaining > 0 && random.Next(4) > 0)];
        random.Shuffle(taking);
        using Sequence fork = texts[random.Next(texts.Length)].Sequence.Fork();
        var parts = new List<BatchPart>();
        if (random.Next(2) == 0)
        {
            parts.Add(new BatchPart(fork, RandomIds(random, random.Next(1, 20)), Wanted: 0));
        }

        int firstText = parts.Count;
        parts.AddRange(taking.Select(text => text.Next(random)));
        int vocabulary = model.Shape.Vocabulary;
        var logits = new float[parts.Sum(part => part.Wanted) * vocabulary];

        model.Evaluate(parts.ToArray(), logits, TestContext.Current.CancellationToken);

        int row = 0;
        for (int i = 0; i < taking.Length; i++)
        {
            int wanted = parts[firstText + i].Wanted;
            int position = taking[i].Sequence.Tokens.Count - wanted;
            ReadOnlySpan<float> alone = taking[i].Alone.AsSpan(position * vocabulary, wanted * vocabulary);
            Assert.True(
                MemoryMarshal.AsBytes(alone).SequenceEqual(MemoryMarshal.AsBytes(logits.AsSpan(row * vocabulary, wanted * vocabulary))),
                $"schedule {seed}: a text of {taking[i].Alone.Length / vocabulary} tokens has other logits "
                + $"at positions {position} to {position + wanted - 1} than alone");
            row += wanted;
        }
    }

    private static int RandomLength(Random random) => (int)Math.Pow(LongestText, random.NextDouble());

    private static int[] RandomIds(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(10))];

    /// <summary>A text that goes through the model piece by piece, and the logits that it has alone and whole.</summary>
    private sealed class ScheduledText : IDisposable
    {
        private readonly int[] _ids;

        public ScheduledText(LanguageModel model, int[] ids)
        {
            _ids = ids;
            Alone = new float[ids.Length * model.Shape.Vocabulary];
            using Sequence whole = model.CreateSequence();
            model.Evaluate([new BatchPart(whole, ids, ids.Length)], Alone, TestContext.Current.CancellationToken);
            Sequence = model.CreateSequence();
        }

        public float[] Alone { get; }

        public Sequence Sequence { get; private set; }

        public int Remaining => _ids.Length - Sequence.Tokens.Count;

        public BatchPart Next(Random random)
        {
            int count = Math.Min(Remaining, RandomLength(random));
            return new BatchPart(Sequence, _ids.AsMemory(Sequence.Tokens.Count, count), random.Next(count + 1));
        }

        /// <summary>Seldom takes some tokens back, or goes on with a fork.</summary>
        public void TakeBack(Random random)
        {
            switch (random.Next(8))
            {
                case 0:
                    Sequence.Rewind(random.Next(Sequence.Tokens.Count + 1));
                    break;
                case 1:
                    Sequence fork = Sequence.Fork();
                    Sequence.Dispose();
                    Sequence = fork;
                    break;
            }
        }

        public void Dispose() => Sequence.Dispose();
    }
}
