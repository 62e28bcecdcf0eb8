using Microsoft.Extensions.DependencyInjection;
using Tessera.Architecture.Llama.Tests;
using Tessera.Catalog;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Plugins;

namespace Tessera.Host.Tests.Loading;

public class ModelLoaderTests(TinyEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_host_has_one_loader_and_one_catalog_with_the_plugins()
    {
        Assert.Same(engine.Loader, engine.Services.GetRequiredService<IModelLoader>());
        PluginCatalog catalog = engine.Services.GetRequiredService<PluginCatalog>();
        Assert.Same(catalog, engine.Services.GetRequiredService<PluginCatalog>());
        Assert.True(catalog.TryGetArchitecture("llama", out _));
        Assert.True(catalog.TryGetTokenizer("llama", out _));
        Assert.True(catalog.TryGetQuantFormat(GgmlType.F32, out _));
    }

    [Fact]
    public async Task A_model_tells_what_it_is()
    {
        string path = engine.Save(TinyVocabulary.Alphabet());

        using LanguageModel model = await engine.Loader.LoadAsync(path, new ModelOptions { Threads = 3 }, cancellationToken: Cancellation);

        Assert.Equal(path, model.Path);
        Assert.Equal("llama", model.Metadata.GetString("general.architecture"));
        Assert.Equal(32, model.Shape.Vocabulary);
        Assert.Equal(NumericsMode.Fast, model.Numerics);
        Assert.Equal(3, model.Threads);
        Assert.Equal(32, model.Tokenizer.Vocabulary.Count);
        Assert.Same(model.Tokenizer, model.Tokenizer);
        Assert.Equal([TinyVocabulary.Bos, TinyVocabulary.Space, 30, TinyVocabulary.Letter('c')], model.Encode("abc"));
    }

    [Fact]
    public async Task Without_a_number_of_threads_there_is_one_for_each_core()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama(), threads: 0);

        Assert.Equal(ModelOptions.BestThreads, model.Threads);
    }

    [Fact]
    public async Task A_context_is_what_was_asked_for_or_what_the_model_was_trained_for_up_to_8192()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama(new TinyShape { ContextLength = 77 }));
        using LanguageModel large = await engine.LoadAsync(new TinyLlama(new TinyShape { ContextLength = 1_000_000 }));
        using IModelSession trained = model.CreateSession();
        using IModelSession asked = model.CreateSession(99);
        using IModelSession limited = large.CreateSession();

        Assert.Equal(77, trained.ContextLength);
        Assert.Equal(99, asked.ContextLength);
        Assert.Equal(8192, limited.ContextLength);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateSession(-1));
    }

    [Fact]
    public async Task An_architecture_without_a_plugin_is_named_with_those_that_there_are()
    {
        var model = new TinyLlama();
        model.File.Set("general.architecture", "parrot");
        string path = engine.Save(model);

        var error = await Assert.ThrowsAsync<MissingPluginException>(() => engine.Loader.LoadAsync(path, cancellationToken: Cancellation));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("'parrot'", error.Message, StringComparison.Ordinal);
        Assert.Contains("the architectures that are served: llama", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_an_architecture_names_the_key()
    {
        var model = new TinyLlama();
        model.File.Remove("general.architecture");
        string path = engine.Save(model);

        var error = await Assert.ThrowsAsync<GgufException>(() => engine.Loader.LoadAsync(path, cancellationToken: Cancellation));

        Assert.Equal("key 'general.architecture'", error.Place);
    }

    [Theory]
    [InlineData("blk.1.ffn_up.weight")]
    [InlineData("blk.0.attn_norm.weight")]
    [InlineData("token_embd.weight")]
    public async Task A_format_without_a_plugin_is_named_with_the_tensor_and_the_formats_that_there_are(string tensor)
    {
        var model = new TinyLlama();
        model.Formats[tensor] = (GgmlType)12345;
        string path = engine.Save(model);

        var error = await Assert.ThrowsAsync<MissingPluginException>(() => engine.Loader.LoadAsync(path, cancellationToken: Cancellation));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{tensor}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("12345", error.Message, StringComparison.Ordinal);
        Assert.Contains("F32 (0)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tensor_that_nobody_asks_for_may_have_any_format()
    {
        var model = new TinyLlama();
        model.Tensors["extra.weight"] = ([8], new float[8]);
        model.Formats["extra.weight"] = (GgmlType)12345;

        using LanguageModel loaded = await engine.LoadAsync(model);

        Assert.Equal(2, loaded.Shape.Layers);
    }

    [Fact]
    public async Task A_tokenizer_without_a_plugin_is_named_when_it_is_asked_for()
    {
        TinyLlama tiny = new TinyLlama().WithVocabulary();
        tiny.File.Set("tokenizer.ggml.model", "runes");

        using LanguageModel model = await engine.LoadAsync(tiny);
        var error = Assert.Throws<MissingPluginException>(() => model.Tokenizer);

        Assert.Contains(model.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("'runes'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_a_tokenizer_computes_but_does_not_generate()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using IModelSession session = model.CreateSession();

        session.Evaluate([1, 2, 3], new float[32], Cancellation);
        var error = Assert.Throws<GgufException>(() => session.Generate(new GenerationRequest { Prompt = [1] }, Cancellation).First());

        Assert.Equal("key 'tokenizer.ggml.model'", error.Place);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var error = await Assert.ThrowsAsync<GgufException>(() => engine.Loader.LoadAsync("/no/such/model.gguf", cancellationToken: Cancellation));

        Assert.Equal("/no/such/model.gguf", error.File);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Progress_grows_to_the_bytes_of_all_matrices(bool tied)
    {
        var tiny = new TinyLlama(new TinyShape { Tied = tied });
        string path = engine.Save(tiny);
        var reports = new List<LoadProgress>();

        using LanguageModel model = await engine.Loader.LoadAsync(path, progress: new Observer(reports.Add), cancellationToken: Cancellation);

        long matrices = tiny.Tensors.Where(t => t.Value.Dimensions.Length == 2 && (tied || t.Key != "token_embd.weight")).Sum(t => 4L * t.Value.Values.Length);
        Assert.Equal(matrices, reports[^1].Bytes);
        Assert.Equal(15, reports.Count);
        Assert.All(reports.Zip(reports.Skip(1)), pair => Assert.True(pair.First.Bytes < pair.Second.Bytes));
        Assert.All(reports, report => Assert.Equal(new FileInfo(path).Length, report.TotalBytes));
    }

    [Fact]
    public async Task Loading_can_be_cancelled_before_it_begins_and_between_two_matrices()
    {
        string path = engine.Save(new TinyLlama());
        using var cancelled = new CancellationTokenSource();
        int reports = 0;
        var progress = new Observer(_ =>
        {
            reports++;
            cancelled.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.Loader.LoadAsync(path, progress: progress, cancellationToken: cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.Loader.LoadAsync(path, cancellationToken: cancelled.Token));

        Assert.Equal(1, reports);
    }

    /// <summary>Reports at once; <see cref="Progress{T}"/> would queue them.</summary>
    private sealed class Observer(Action<LoadProgress> report) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => report(value);
    }

    [Theory]
    [InlineData("bos")]
    [InlineData("eos")]
    public void A_tokenizer_that_asks_for_a_token_and_names_none_is_refused_by_the_files_name(string token)
    {
        var file = new GgufWriter();
        file.Set("tokenizer.ggml.model", "gpt2");
        file.Set("tokenizer.ggml.pre", "gpt-2");
        file.SetArray("tokenizer.ggml.tokens", ["a", "b"]);
        file.SetArray("tokenizer.ggml.merges", ["a b"]);
        file.Set($"tokenizer.ggml.add_{token}_token", true);

        var error = Assert.Throws<GgufException>(() => engine.Loader.CreateTokenizer(GgufFile.Read(file.ToArray(), "some.gguf").Metadata));

        Assert.StartsWith(
            $"some.gguf: tokenizer: asks for {(token == "bos" ? "a BOS" : "an EOS")} token in every prompt", error.Message, StringComparison.Ordinal);
    }
}
