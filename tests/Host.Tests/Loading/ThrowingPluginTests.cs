using Microsoft.Extensions.DependencyInjection;
using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Host.Tests.Plugins;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Host.Tests.Loading;

/// <summary>A plugin that throws ends what uses it, with a message that names it, and nothing else.</summary>
public sealed class ThrowingPluginTests : IDisposable
{
    private const string Tensor = "blk.1.ffn_up.weight";
    private const string Plugin = "TestPlugins.Throwing";

    private readonly TinyEngine _engine;
    private readonly PluginFolder _folder = new("Throwing");
    private readonly ServiceProvider _services;

    public ThrowingPluginTests(TinyEngine engine)
    {
        _engine = engine;
        _services = new ServiceCollection()
        .AddTessera(engine => engine.Configure(options => options.Folders = [TinyEngine.Plugins, _folder.Path])).BuildServiceProvider();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _services.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(210, NumericsMode.Fast, "no luck in the constructor")]
    [InlineData(211, NumericsMode.Fast, "no luck in Bind")]
    [InlineData(214, NumericsMode.Fast, "it returns nothing")]
    [InlineData(215, NumericsMode.Fast, "it returns a matrix of 97 x 64")]
    public async Task A_format_that_fails_while_a_model_loads_is_named_and_another_model_goes_on(int type, NumericsMode numerics, string reason)
    {
        using LanguageModel other = await LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = other.CreateSession();
        string before = Generate(other, session, "abc");

        var error = await Assert.ThrowsAsync<TesseraException>(() => LoadAsync(ModelWith(type), numerics));

        AssertNamed(error, reason);
        Assert.Equal(before, Generate(other, session, "abc"));
    }

    [Theory]
    [InlineData(212, NumericsMode.Fast, 1, "no luck in the kernel")]
    [InlineData(212, NumericsMode.Fast, 3, "no luck in the kernel")]
    [InlineData(213, NumericsMode.Exact, 3, "no luck in Dequantize")]
    public async Task A_format_that_fails_while_a_model_runs_is_named_ends_the_session_and_another_model_goes_on(
        int type, NumericsMode numerics, int threads, string reason)
    {
        using LanguageModel other = await LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession otherSession = other.CreateSession();
        string before = Generate(other, otherSession, "abc");
        using LanguageModel model = await LoadAsync(ModelWith(type), numerics, threads);
        using IModelSession session = model.CreateSession();

        var error = Assert.Throws<TesseraException>(() => session.Evaluate([1, 2, 3], new float[32], Cancellation));
        var again = Assert.Throws<TesseraException>(() => session.Evaluate([1], new float[32], Cancellation));

        AssertNamed(error, reason);
        Assert.StartsWith("The session ended with an error: ", again.Message, StringComparison.Ordinal);
        Assert.Contains(Plugin, again.Message, StringComparison.Ordinal);
        Assert.Empty(session.Tokens);
        Assert.Equal(before, Generate(other, otherSession, "abc"));
    }

    [Fact]
    public async Task A_kernel_that_fails_names_its_tensor()
    {
        using LanguageModel model = await LoadAsync(ModelWith(212));
        using IModelSession session = model.CreateSession();

        var error = Assert.Throws<TesseraException>(() => session.Evaluate([1], new float[32], Cancellation));

        Assert.Contains($"'{Tensor}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_whose_format_fails_to_dequantize_is_named()
    {
        var tiny = new TinyLlama();
        tiny.Formats["token_embd.weight"] = (GgmlType)213;
        using LanguageModel model = await LoadAsync(tiny);
        using IModelSession session = model.CreateSession();

        AssertNamed(Assert.Throws<TesseraException>(() => session.Evaluate([1], new float[32], Cancellation)), "no luck in Dequantize");
    }

    [Fact]
    public async Task A_tokenizer_that_fails_is_named_and_the_model_still_computes()
    {
        TinyLlama tiny = new TinyLlama().WithVocabulary();
        tiny.File.Set("tokenizer.ggml.model", "throwing");
        using LanguageModel model = await LoadAsync(tiny);
        using IModelSession session = model.CreateSession();

        AssertNamed(Assert.Throws<TesseraException>(() => model.Tokenizer), "no luck in Create");
        session.Evaluate([1, 2], new float[32], Cancellation);
    }

    [Fact]
    public async Task An_architecture_that_fails_is_named()
    {
        var tiny = new TinyLlama();
        tiny.File.Set("general.architecture", "throwing");

        AssertNamed(await Assert.ThrowsAsync<TesseraException>(() => LoadAsync(tiny)), "no luck in Build");
    }

    private static TinyLlama ModelWith(int type)
    {
        var model = new TinyLlama();
        model.Formats[Tensor] = (GgmlType)type;
        return model;
    }

    private Task<LanguageModel> LoadAsync(TinyLlama model, NumericsMode numerics = NumericsMode.Fast, int threads = 2) =>
        _services.GetRequiredService<IModelLoader>().LoadAsync(
            _engine.Save(model), new ModelOptions { Numerics = numerics, Threads = threads }, cancellationToken: Cancellation);

    private static string Generate(LanguageModel model, IModelSession session, string prompt)
    {
        var request = new GenerationRequest { Prompt = model.Encode(prompt), MaxTokens = 8, Sampling = new SamplingOptions { Temperature = 0 } };
        return string.Concat(session.Generate(request, Cancellation).Select(token => token.Text));
    }

    private void AssertNamed(TesseraException error, string reason)
    {
        Assert.Contains($"The plugin {Plugin} ('{_folder.FileOf("Throwing")}') fails ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
