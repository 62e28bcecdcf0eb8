using Microsoft.Extensions.DependencyInjection;
using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Host.Tests.Plugins;
using Tessera.Loading;
using Tessera.Workbench.Verification;

namespace Tessera.Host.Tests.Loading;

/// <summary>What the engine does around a plugin that misbehaves in a place where others work beside it.</summary>
public sealed class MisbehavingPluginTests(TinyEngine engine) : IDisposable
{
    private readonly PluginFolder _folder = new("Misbehaving");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("constructor:cancel")]
    [InlineData("bind:task")]
    [InlineData("rows:cancel")]
    public async Task A_plugin_that_gives_up_while_a_model_loads_fails_and_is_no_interruption(string fault)
    {
        using ServiceProvider services = EngineWith(("Misbehaving", fault));

        var error = await Assert.ThrowsAsync<TesseraException>(() => LoadAsync(services));

        Assert.Contains("TestPlugins.Misbehaving", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_gives_up_while_a_model_runs_fails_and_is_no_interruption()
    {
        using ServiceProvider services = EngineWith(("Misbehaving", "multiply:cancel"));
        using LanguageModel model = await LoadAsync(services);
        using var session = model.CreateSession();

        var error = Assert.Throws<TesseraException>(() => session.Evaluate([1, 2, 3], new float[32], Cancellation));

        Assert.Contains("no luck (OperationCanceledException)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_matrix_that_cannot_be_freed_is_told_once_and_the_model_is_gone()
    {
        using ServiceProvider services = EngineWith(("Misbehaving", "dispose:throw"));
        LanguageModel model = await LoadAsync(services);

        var error = Assert.Throws<TesseraException>(model.Dispose);
        model.Dispose();

        Assert.Contains("fails to free the tensor 'blk.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => model.CreateSession());
    }

    [Fact]
    public async Task Loading_that_fails_says_why_and_not_that_a_plugin_then_fails_to_free()
    {
        TinyLlama tiny = ModelWithTheFormat();
        tiny.Formats["output.weight"] = (GgmlType)210;
        using var throwing = new PluginFolder("Throwing");
        using ServiceProvider services = EngineWith([throwing.Path], ("Misbehaving", "dispose:throw"));

        var error = await Assert.ThrowsAsync<TesseraException>(() => LoadAsync(services, tiny));

        Assert.Contains("no luck in the constructor", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recognizes:throw", "no luck")]
    [InlineData("recognizes:unreadable", "what is wrong cannot be read")]
    [InlineData("recognizes:cancel", "no luck")]
    public void A_plugin_that_fails_to_look_at_a_tokenizer_file_is_told_where_no_other_reads_it(string fault, string reason)
    {
        using ServiceProvider services = EngineWith(("Misbehaving", fault));

        var error = Assert.Throws<TesseraException>(() => CreateTokenizer(services));

        Assert.Contains("TestPlugins.Misbehaving", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recognizes:throw")]
    [InlineData("recognizes:0")]
    public void A_tokenizer_file_is_read_by_who_recognizes_it_whatever_others_do(string fault)
    {
        _folder.Copy("Misbehaving", "Other");
        using ServiceProvider services = EngineWith(("Misbehaving", fault), ("Other", "recognizes:1"));

        Assert.Equal(2, CreateTokenizer(services).Vocabulary.Count);
    }

    [Theory]
    [InlineData("constructor:throw")]
    [InlineData("block:throw")]
    [InlineData("bind:unreadable")]
    [InlineData("dequantize:cancel")]
    [InlineData("multiply:throw")]
    [InlineData("dispose:throw")]
    public void A_plugin_that_fails_is_no_fault_of_the_file(string fault)
    {
        using ServiceProvider services = EngineWith(("Misbehaving", fault));

        string path = engine.Save(ModelWithTheFormat().WithVocabulary());
        ModelVerification verification = services.GetRequiredService<ModelVerifier>().Verify(path, progress: null, Cancellation);

        Assert.False(verification.FileFailed);
        Assert.False(verification.LacksPlugin);
        Assert.Contains(
            verification.Checks.Single(check => check.Name == "plugins").Findings,
            finding => finding.IsFault && finding.Text.Contains("TestPlugins.Misbehaving", StringComparison.Ordinal));
    }

    private ServiceProvider EngineWith(params (string Subfolder, string Fault)[] faults) => EngineWith([], faults);

    private ServiceProvider EngineWith(string[] folders, params (string Subfolder, string Fault)[] faults)
    {
        foreach ((string subfolder, string fault) in faults)
        {
            File.WriteAllText(Path.Combine(_folder.Path, subfolder, "fault"), fault);
        }

        return new ServiceCollection().AddTessera(engine => engine.Configure(options => options.Folders = [TinyEngine.Plugins, _folder.Path, .. folders]))
            .AddTesseraWorkbench().BuildServiceProvider();
    }

    private static TinyLlama ModelWithTheFormat()
    {
        var model = new TinyLlama();
        model.Formats["blk.0.ffn_up.weight"] = (GgmlType)230;
        model.Formats["blk.1.ffn_up.weight"] = (GgmlType)230;
        return model;
    }

    private Task<LanguageModel> LoadAsync(ServiceProvider services, TinyLlama? model = null) =>
        services.GetRequiredService<IModelLoader>()
            .LoadAsync(engine.Save(model ?? ModelWithTheFormat()), new ModelOptions { Threads = 2 }, cancellationToken: Cancellation);

    private Tessera.Tokenization.ITokenizer CreateTokenizer(ServiceProvider services)
    {
        string file = Path.Combine(_folder.Path, "Misbehaving", "some.tokenizer");
        File.WriteAllText(file, "some text");
        return services.GetRequiredService<IModelLoader>().CreateTokenizer(Moq.Mock.Of<IGgufMetadata>(), new ModelOptions { Tokenizer = file });
    }
}
