using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Runtime.Batches;
using Tessera.Runtime.State;

namespace Tessera.Host.Tests.Loading;

/// <summary>Batches of many sequences, as a program gives them to a model.</summary>
public class SequenceEvaluationTests(TinyEngine engine)
{
    private static readonly int[] Text = [3, 1, 4, 1, 5, 9, 2, 6];
    private static readonly int[] Next = [7];
    private static readonly int[] OneBeyond = [1, 32];
    private static readonly int[] Negative = [-1];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sequence_goes_on_where_it_was_saved_with_another_loaded_model_of_the_same_file()
    {
        var file = new TinyLlama();
        using LanguageModel first = await engine.LoadAsync(file);
        using Sequence sequence = first.CreateSequence();
        var saved = new MemoryStream();
        var expected = new float[32];
        first.Evaluate([new BatchPart(sequence, Text, 0)], [], Cancellation);
        sequence.SaveTo(saved, TestContext.Current.CancellationToken);
        first.Evaluate([new BatchPart(sequence, Next, 1)], expected, Cancellation);

        using LanguageModel second = await engine.LoadAsync(new TinyLlama());
        saved.Position = 0;
        using Sequence restored = second.RestoreSequence(saved, cancellationToken: TestContext.Current.CancellationToken);
        var actual = new float[32];
        second.Evaluate([new BatchPart(restored, Next, 1)], actual, Cancellation);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task A_sequence_of_other_weights_or_numerics_is_refused()
    {
        using LanguageModel first = await engine.LoadAsync(new TinyLlama());
        using Sequence sequence = first.CreateSequence();
        var saved = new MemoryStream();
        sequence.SaveTo(saved, TestContext.Current.CancellationToken);
        var others = new TinyLlama();
        others.Tensors["blk.0.attn_q.weight"].Values[0]++;
        using LanguageModel weights = await engine.LoadAsync(others);
        using LanguageModel numerics = await engine.LoadAsync(new TinyLlama(), NumericsMode.Fast);

        foreach (LanguageModel model in (LanguageModel[])[weights, numerics])
        {
            saved.Position = 0;
            Assert.Throws<TesseraException>(() => model.RestoreSequence(saved, KvCacheType.F32, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task What_cannot_be_evaluated_changes_no_sequence()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using LanguageModel other = await engine.LoadAsync(new TinyLlama());
        using Sequence sequence = model.CreateSequence();
        using Sequence foreign = other.CreateSequence();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Assert.Throws<TesseraException>(() => model.Evaluate([new BatchPart(sequence, OneBeyond, 0)], [], Cancellation));
        Assert.Throws<TesseraException>(() => model.Evaluate([new BatchPart(sequence, Negative, 0)], [], Cancellation));
        Assert.ThrowsAny<ArgumentException>(
            () => model.Evaluate([new BatchPart(sequence, Text, 1), new BatchPart(foreign, Text, 0)], new float[32], Cancellation));
        Assert.ThrowsAny<ArgumentException>(() => model.Evaluate([new BatchPart(sequence, Text, 2)], new float[32], Cancellation));
        Assert.ThrowsAny<OperationCanceledException>(() => model.Evaluate([new BatchPart(sequence, Text, 0)], [], cancelled.Token));

        Assert.Empty(sequence.Tokens);
        model.Evaluate([], [], Cancellation);
    }

    [Fact]
    public async Task Texts_take_no_more_together_than_they_may()
    {
        var options = new ModelOptions { Numerics = NumericsMode.Exact, Threads = 2, CacheLimit = 300_000 };
        using LanguageModel model = await engine.Loader.LoadAsync(engine.Save(new TinyLlama()), options, cancellationToken: Cancellation);
        using Sequence first = model.CreateSequence();
        using Sequence second = model.CreateSequence();
        using Sequence third = model.CreateSequence();
        model.Evaluate([new BatchPart(first, Text, 0), new BatchPart(second, Text, 0)], [], Cancellation);

        Assert.Contains("300000", Assert.Throws<TesseraException>(() => model.Evaluate([new BatchPart(third, Text, 0)], [], Cancellation)).Message,
            StringComparison.Ordinal);
        first.Dispose();
        model.Evaluate([new BatchPart(third, Text, 0), new BatchPart(second, Text, 0)], [], Cancellation);

        Assert.Equal((8, 16), (third.Tokens.Count, second.Tokens.Count));
    }

    [Fact]
    public async Task Thirty_two_sessions_of_a_hundred_tokens_take_a_page_each_whatever_their_context()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama(), NumericsMode.Fast);
        using Sequence sequence = model.CreateSequence();
        var sessions = new List<IModelSession>();
        for (int i = 0; i < 32; i++)
        {
            sessions.Add(model.CreateSession(8192));
            sessions[i].Evaluate([.. Enumerable.Range(0, 100).Select(token => (token * i) % 32)], [], Cancellation);
        }

        Assert.Equal(32 * sequence.Pool.BytesPerPage, sequence.Pool.Used);
        sessions.ForEach(session => session.Dispose());
        Assert.Equal(0, sequence.Pool.Used);
    }
}
