using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Host.Tests.Loading;

public class EvaluationTests(TinyEngine engine)
{
    private const int Vocabulary = 32;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NumericsMode.Exact, GgmlType.F32)]
    [InlineData(NumericsMode.Exact, GgmlType.Q8_0)]
    [InlineData(NumericsMode.Fast, GgmlType.F32)]
    [InlineData(NumericsMode.Fast, GgmlType.Q8_0)]
    public async Task Logits_are_the_same_to_the_bit_however_tokens_are_batched_and_threads_share_them(NumericsMode numerics, GgmlType type)
    {
        var tiny = new TinyLlama { MatrixType = type };
        string path = engine.Save(tiny);
        int[] ids = Ids(90);
        using LanguageModel model = await engine.Loader.LoadAsync(path, new ModelOptions { Numerics = numerics, Threads = 3 }, cancellationToken: Cancellation);
        using LanguageModel single = await engine.Loader.LoadAsync(
            path, new ModelOptions { Numerics = numerics, Threads = 1 }, cancellationToken: Cancellation);

        float[] whole = Evaluate(model, ids, ids.Length);

        Assert.Equal(whole, Evaluate(model, ids, 1));
        Assert.Equal(whole, Evaluate(model, ids, 7));
        Assert.Equal(whole, Evaluate(model, ids, 64));
        Assert.Equal(whole, Evaluate(single, ids, ids.Length));
        Assert.Equal(whole, Evaluate(single, ids, 4));
    }

    [Theory]
    [InlineData(GgmlType.F32, 1e-3)]
    [InlineData(GgmlType.Q8_0, 2e-2)]
    public async Task Fast_logits_are_near_the_exact_ones(GgmlType type, double tolerance)
    {
        int[] ids = Ids(40);
        using LanguageModel exact = await engine.LoadAsync(new TinyLlama { MatrixType = type });
        using LanguageModel fast = await engine.LoadAsync(new TinyLlama { MatrixType = type }, NumericsMode.Fast);

        float[] expected = Evaluate(exact, ids, ids.Length);
        float[] actual = Evaluate(fast, ids, ids.Length);

        Assert.NotEqual(expected, actual);
        double error = Math.Sqrt(expected.Zip(actual, (e, a) => Math.Pow(e - a, 2)).Sum() / expected.Sum(e => (double)e * e));
        Assert.InRange(error, 0, tolerance);
    }

    [Theory]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1100)]
    public async Task A_long_prompt_gives_the_logits_that_its_parts_give(int count)
    {
        int[] ids = Ids(count);
        using LanguageModel model = await engine.LoadAsync(new TinyLlama(new TinyShape { Layers = 1 }));
        float[] all = Evaluate(model, ids, 100);
        foreach (int outputs in (int[])[0, 1, 2, 500, count])
        {
            using IModelSession session = model.CreateSession(count);
            var logits = new float[outputs * Vocabulary];

            session.Evaluate(ids, logits, Cancellation);

            Assert.Equal(all[^(outputs * Vocabulary)..], logits);
            Assert.Equal(ids, session.Tokens);
        }
    }

    [Fact]
    public async Task No_tokens_are_nothing_to_do()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using IModelSession session = model.CreateSession();

        session.Evaluate([], [], Cancellation);

        Assert.Empty(session.Tokens);
    }

    [Fact]
    public async Task After_a_rewind_the_session_goes_on_from_there()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using IModelSession session = model.CreateSession();
        int[] other = [9, 8, 7];
        var logits = new float[3 * Vocabulary];
        session.Evaluate(Ids(100), [], Cancellation);

        session.Rewind(70);
        session.Evaluate(other, logits, Cancellation);

        int[] ids = [.. Ids(100)[..70], .. other];
        Assert.Equal(ids, session.Tokens);
        Assert.Equal(Evaluate(model, ids, ids.Length)[^logits.Length..], logits);
    }

    [Fact]
    public async Task A_session_rewinds_to_what_it_has()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using IModelSession session = model.CreateSession();
        session.Evaluate([1, 2, 3], [], Cancellation);

        Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(-1));
        session.Rewind(3);
        Assert.Equal([1, 2, 3], session.Tokens);
        session.Rewind(0);
        Assert.Empty(session.Tokens);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Vocabulary)]
    [InlineData(int.MaxValue)]
    public async Task A_token_that_does_not_exist_is_named_and_nothing_is_computed(int id)
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using IModelSession session = model.CreateSession();
        session.Evaluate([1, 2], [], Cancellation);

        var error = Assert.Throws<TesseraException>(() => session.Evaluate([3, id], new float[Vocabulary], Cancellation));

        Assert.Contains($"{id}", error.Message, StringComparison.Ordinal);
        Assert.Contains("32", error.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2], session.Tokens);
    }

    [Fact]
    public async Task More_tokens_than_the_context_holds_are_refused_with_both_numbers()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using IModelSession session = model.CreateSession(10);
        session.Evaluate(Ids(8), [], Cancellation);

        var error = Assert.Throws<TesseraException>(() => session.Evaluate(Ids(3), [], Cancellation));

        Assert.Contains("11 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("10", error.Message, StringComparison.Ordinal);
        session.Evaluate(Ids(2), [], Cancellation);
        Assert.Equal(10, session.Tokens.Count);
    }

    [Fact]
    public async Task More_logits_than_tokens_are_refused()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using IModelSession session = model.CreateSession();

        Assert.Throws<ArgumentOutOfRangeException>(() => session.Evaluate([1], new float[2 * Vocabulary], Cancellation));
    }

    [Fact]
    public async Task Cancelled_between_two_batches_a_session_keeps_the_finished_one()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama(new TinyShape { Layers = 1 }));
        using var session = (ModelSession)model.CreateSession(2000);
        using var cancelled = new CancellationTokenSource();
        int[] ids = Ids(1300);
        var logits = new float[Vocabulary];
        session.Observer = (name, _, _) =>
        {
            if (name == "result_output")
            {
                cancelled.Cancel();
            }
        };

        Assert.Throws<OperationCanceledException>(() => session.Evaluate(ids, logits, cancelled.Token));

        Assert.Equal(ids[..512], session.Tokens);
        session.Evaluate(ids.AsSpan(512), logits, Cancellation);
        Assert.Equal(Evaluate(model, ids, 100)[^Vocabulary..], logits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Cancelled_within_a_batch_a_session_forgets_it_and_goes_on(int threads)
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama(), threads: threads);
        using var session = (ModelSession)model.CreateSession(200);
        using var cancelled = new CancellationTokenSource();
        int[] ids = Ids(150);
        var logits = new float[Vocabulary];
        session.Evaluate(ids.AsSpan(0, 20), [], Cancellation);
        int later = 0;
        session.Observer = (name, layer, _) =>
        {
            later += cancelled.IsCancellationRequested ? 1 : 0;
            if (name == "Qcur" && layer == 1)
            {
                cancelled.Cancel();
            }
        };

        var error = Assert.Throws<OperationCanceledException>(() => session.Evaluate(ids.AsSpan(20), logits, cancelled.Token));

        Assert.Equal(cancelled.Token, error.CancellationToken);
        Assert.InRange(later, 0, 2);
        Assert.Equal(ids[..20], session.Tokens);
        session.Observer = null;
        session.Evaluate(ids.AsSpan(20), logits, Cancellation);
        Assert.Equal(Evaluate(model, ids, 100)[^Vocabulary..], logits);
    }

    [Fact]
    public async Task Sessions_on_several_threads_do_not_disturb_each_other()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama(), NumericsMode.Fast, threads: 3);
        int[][] prompts = [.. Enumerable.Range(0, 3).Select(i => Ids(60 + (10 * i), seed: i))];
        float[][] expected = [.. prompts.Select(ids => Evaluate(model, ids, ids.Length))];

        await Task.WhenAll(prompts.Select((ids, i) => Task.Run(
            () =>
            {
                for (int batch = 1; batch < 20; batch += 6)
                {
                    Assert.Equal(expected[i], Evaluate(model, ids, batch));
                }
            },
            Cancellation)));
    }

    private static int[] Ids(int count, int seed = 7)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Vocabulary))];
    }

    /// <summary>The logits at all positions, from a session of their own.</summary>
    private static float[] Evaluate(LanguageModel model, int[] ids, int batch)
    {
        using IModelSession session = model.CreateSession(ids.Length);
        var logits = new float[ids.Length * Vocabulary];
        for (int first = 0; first < ids.Length; first += batch)
        {
            int count = Math.Min(batch, ids.Length - first);
            session.Evaluate(ids.AsSpan(first, count), logits.AsSpan(first * Vocabulary, count * Vocabulary), Cancellation);
        }

        return logits;
    }
}
