using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf.Files;
using Tessera.Host.Tests.Loading;
using Tessera.Workbench.Evaluation;

namespace Tessera.Host.Tests.Workbench.Evaluation;

public class PerplexityEvaluatorTests(TinyEngine engine)
{
    private const int Context = 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_second_half_of_each_window_counts()
    {
        using LanguageModel model = await LoadAsync();
        int[] tokens = Tokens(model, (3 * Context) + 7);

        PerplexityEstimate[] estimates = [.. new PerplexityEvaluator(model, Context).Evaluate(tokens, cancellationToken: Cancellation)];

        Assert.Equal([1, 2, 3], estimates.Select(estimate => estimate.Window));
        Assert.Equal([4, 8, 12], estimates.Select(estimate => (int)estimate.LogLoss.Count));
        double expected = Enumerable.Range(0, 3).SelectMany(window => Losses(model, tokens.AsSpan(window * Context, Context).ToArray())).Average();
        Assert.Equal(expected, estimates[2].LogLoss.Mean, 1e-6);
        Assert.Equal(Math.Exp(expected), estimates[2].Perplexity, 1e-3);
    }

    [Fact]
    public async Task Logits_that_a_model_saved_itself_do_not_diverge()
    {
        using LanguageModel model = await LoadAsync();
        using var saved = new MemoryStream();
        PerplexityEstimate plain = new PerplexityEvaluator(model, Context).Evaluate(Tokens(model, 5 * Context), windows: 4, saved, Cancellation).Last();
        saved.Position = 0;

        PerplexityEstimate compared = PerplexityEvaluator.Compare(model, saved, "saved", Cancellation).Last();

        Assert.Equal((plain.Windows, plain.Perplexity), (compared.Windows, compared.Perplexity));
        DivergenceEstimate divergence = compared.Divergence!;
        Assert.Equal(plain.Perplexity, divergence.BasePerplexity, 1e-2);
        Assert.Equal(0, divergence.KlDivergence.Mean, 1e-6);
        Assert.Equal(0, divergence.RmsProbabilityDifference, 1e-5);
        Assert.Equal(1, divergence.SameTopToken.Mean);
    }

    [Fact]
    public void The_divergence_is_the_base_s_expectation_of_the_difference()
    {
        float[] logits = [0, 1, 2];
        float[] based = [2, 1, 0];
        var words = new ushort[LogProbabilityRow.LengthFor(3)];
        LogProbabilityRow.Write(based, new TokenDistribution(based), words);

        PositionDivergence position = DivergenceMeter.Measure(logits, new TokenDistribution(logits), new LogProbabilityRow(words), target: 0);

        double sum = Math.Exp(0) + Math.Exp(1) + Math.Exp(2);
        Assert.Equal(2 * (Math.Exp(2) - Math.Exp(0)) / sum, position.Divergence, 1e-4);
        Assert.Equal(Math.Log(sum), position.LogLoss, 1e-6);
        Assert.Equal(Math.Log(sum) - 2, position.BaseLogLoss, 1e-4);
        Assert.False(position.SameTopToken);
    }

    [Fact]
    public async Task A_text_shorter_than_a_window_is_refused()
    {
        using LanguageModel model = await LoadAsync();

        var error = Assert.Throws<TesseraException>(
            () => new PerplexityEvaluator(model, Context).Evaluate(Tokens(model, Context - 1), cancellationToken: Cancellation));

        Assert.Contains("9 tokens", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 'x')]
    [InlineData(8, 2)]
    [InlineData(12, 1)]
    [InlineData(16, 99)]
    public async Task A_damaged_file_is_refused_by_its_name(int place, int value)
    {
        using LanguageModel model = await LoadAsync();
        using var saved = new MemoryStream();
        _ = new PerplexityEvaluator(model, Context).Evaluate(Tokens(model, 2 * Context), windows: 2, saved, Cancellation).Last();
        saved.GetBuffer()[place] = (byte)value;
        saved.Position = 0;

        var error = Assert.Throws<InputFileException>(() => PerplexityEvaluator.Compare(model, saved, "some.kld", Cancellation));

        Assert.StartsWith("some.kld: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(32)]
    public async Task A_token_outside_the_vocabulary_is_refused_by_its_place(int token)
    {
        using LanguageModel model = await LoadAsync();
        using var saved = new MemoryStream();
        _ = new PerplexityEvaluator(model, Context).Evaluate(Tokens(model, 2 * Context), windows: 2, saved, Cancellation).Last();
        BitConverter.TryWriteBytes(saved.GetBuffer().AsSpan(20 + (3 * sizeof(int))), token);
        saved.Position = 0;

        var error = Assert.Throws<InputFileException>(() => PerplexityEvaluator.Compare(model, saved, "some.kld", Cancellation));

        Assert.Equal($"some.kld: token 3 of its text is {token}, the vocabulary has 32.", error.Message);
    }

    [Fact]
    public async Task Half_a_file_is_refused()
    {
        using LanguageModel model = await LoadAsync();
        using var saved = new MemoryStream();
        _ = new PerplexityEvaluator(model, Context).Evaluate(Tokens(model, 2 * Context), windows: 2, saved, Cancellation).Last();
        saved.SetLength(saved.Length - 1);
        saved.Position = 0;

        Assert.Throws<InputFileException>(() => PerplexityEvaluator.Compare(model, saved, "some.kld", Cancellation));
    }

    [Theory]
    [InlineData(1 << 27, int.MaxValue)]
    [InlineData(1 << 28, 4)]
    public async Task Numbers_that_the_file_does_not_hold_make_nothing(int context, int vocabulary)
    {
        using LanguageModel model = await LoadAsync();
        using var saved = new MemoryStream([.. "_logits_"u8, .. BitConverter.GetBytes(context), .. BitConverter.GetBytes(vocabulary), 1, 0, 0, 0]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<InputFileException>(() => PerplexityEvaluator.Compare(model, saved, "some.kld", Cancellation));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private Task<LanguageModel> LoadAsync() => engine.Loader.LoadAsync(engine.Save(new TinyLlama().WithVocabulary()), cancellationToken: Cancellation);

    private static int[] Tokens(LanguageModel model, int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(3, model.Shape.Vocabulary))];
    }

    private static IEnumerable<double> Losses(LanguageModel model, int[] window)
    {
        int vocabulary = model.Shape.Vocabulary;
        int[] ids = [model.Tokenizer.Vocabulary.Special.Bos, .. window[1..]];
        var logits = new float[ids.Length * vocabulary];
        using IModelSession session = model.CreateSession();
        session.Evaluate(ids, logits, Cancellation);
        for (int position = Context / 2; position < Context - 1; position++)
        {
            double[] row = [.. logits.AsSpan(position * vocabulary, vocabulary).ToArray().Select(logit => (double)logit)];
            yield return Math.Log(row.Sum(Math.Exp)) - row[window[position + 1]];
        }
    }
}
