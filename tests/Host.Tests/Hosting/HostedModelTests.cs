using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Tessera.Catalog;
using Tessera.Generation;
using Tessera.Host.Tests.Loading;
using Tessera.Hosting;
using Tessera.Numerics;
using Tessera.Plugins;

namespace Tessera.Host.Tests.Hosting;

public class HostedModelTests(TinyEngine engine)
{
    private readonly string _model = engine.Save(TinyVocabulary.Alphabet());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_is_loaded_while_the_host_starts_as_the_configuration_says_and_code_after_it()
    {
        using IHost host = Build(
            builder => builder.AddTesseraModel(configure: options => options.Threads = 1),
            ("Tessera:Model:Path", _model), ("TESSERA:MODEL:NUMERICS", "exact"), ("Tessera:Model:Threads", "2"), ("Tessera:Model:Map", "false"));

        await host.StartAsync(Cancellation);

        LanguageModel model = host.Services.GetRequiredService<LanguageModel>();
        Assert.Equal((_model, NumericsMode.Exact, 1), (model.Path, model.Numerics, model.Threads));
        Assert.False(host.Services.GetRequiredService<IOptionsMonitor<HostedModelOptions>>().Get(Options.DefaultName).Map);
    }

    [Fact]
    public async Task Services_that_start_with_the_host_have_the_model_and_it_goes_with_the_host()
    {
        IHost host = Build(builder => builder.AddTesseraModel(_model).Services.AddHostedService<FirstLetters>());
        await host.StartAsync(Cancellation);
        LanguageModel model = host.Services.GetRequiredService<LanguageModel>();

        Assert.Equal("bc", Assert.Single(host.Services.GetServices<IHostedService>().OfType<FirstLetters>()).Text);
        await host.StopAsync(Cancellation);
        host.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.CreateSession());
    }

    [Fact]
    public async Task Several_models_have_names_and_options_of_their_own()
    {
        using IHost host = Build(
            builder => builder.AddKeyedTesseraModel("exact", _model).AddKeyedTesseraModel("fast"),
            ("Tessera:Models:exact:Numerics", "Exact"), ("Tessera:Models:fast:Path", _model));

        await host.StartAsync(Cancellation);

        Assert.Equal(NumericsMode.Exact, host.Services.GetRequiredKeyedService<LanguageModel>("exact").Numerics);
        Assert.Equal(NumericsMode.Fast, host.Services.GetRequiredKeyedService<LanguageModel>("fast").Numerics);
        Assert.Null(host.Services.GetService<LanguageModel>());
    }

    [Fact]
    public async Task A_relative_path_begins_at_the_host_s_content_root()
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ContentRootPath = Path.GetDirectoryName(_model) });
        AddPlugins(builder).AddTesseraModel(Path.GetFileName(_model));
        using IHost host = builder.Build();

        await host.StartAsync(Cancellation);

        Assert.Equal(_model, host.Services.GetRequiredService<LanguageModel>().Path);
    }

    [Theory]
    [InlineData("Tessera:Model:Thread", "4", "Thread")]
    [InlineData("Tessera:Model:Threads", "four", "Tessera:Model:Threads")]
    [InlineData("Tessera:Model:Threads", "-1", "-1 threads")]
    [InlineData("Tessera:Model:Numerics", "precise", "Tessera:Model:Numerics")]
    [InlineData("Tessera:Model:Path", "", "Tessera:Model:Path")]
    [InlineData("Tessera:Model:Path", "no-such.gguf", "no-such.gguf")]
    [InlineData("Tessera:Plugins:Folder", "x", "Folder")]
    [InlineData("Tessera:Plugins:Use:Q4_K", "Nobody", "Nobody")]
    public async Task What_the_configuration_says_wrong_keeps_the_host_from_starting_and_is_named(string key, string value, string named)
    {
        using IHost host = Build(builder => builder.AddTesseraModel(key == "Tessera:Model:Path" ? null : _model), (key, value));

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Cancellation));

        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Plugins_are_sought_as_the_configuration_says()
    {
        using var good = new Tessera.Host.Tests.Plugins.PluginFolder("GoodFormat");
        using IHost host = Build(
            _ => { },
            ("Tessera:Plugins:Folders:0", good.Path), ("Tessera:Plugins:Use:q4_k", "TestPlugins.GoodFormat"), ("Tessera:Plugins:LockedOnly", "false"));

        Assert.Contains(
            host.Services.GetRequiredService<PluginCatalog>().QuantFormats,
            format => format is { Plugin.Name: "TestPlugins.GoodFormat", IsChosen: true });
    }

    [Fact]
    public async Task Without_a_host_the_model_is_loaded_when_it_is_asked_for()
    {
        await using ServiceProvider services = new ServiceCollection().AddTessera(Plugins).AddTesseraModel(_model).BuildServiceProvider();
        LanguageModel model = services.GetRequiredService<LanguageModel>();

        await using IModelSession session = model.CreateSession();

        Assert.NotEmpty(session.Generate(new GenerationRequest { Prompt = model.Encode("a"), MaxTokens = 2 }, Cancellation));
    }

    [Fact]
    public void A_program_without_folders_is_told_so_where_a_plugin_is_missing()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddTessera(builder => builder.Configure(options => options.SearchFolders = false)).AddTesseraModel(_model).BuildServiceProvider();

        var error = Assert.Throws<MissingPluginException>(services.GetRequiredService<LanguageModel>);

        Assert.Contains("plugins in folders are switched off", error.Message, StringComparison.Ordinal);
    }

    private static IHost Build(Action<HostApplicationBuilder> configure, params (string Key, string Value)[] configuration)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(configuration.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)));
        configure(AddPlugins(builder));
        return builder.Build();
    }

    private static HostApplicationBuilder AddPlugins(HostApplicationBuilder builder) => builder.AddTessera(Plugins);

    private static void Plugins(TesseraBuilder builder) => builder.Configure(options => options.Folders.Add(TinyEngine.Plugins));

    private sealed class FirstLetters(LanguageModel model) : IHostedService
    {
        public string Text { get; private set; } = "";

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await using IModelSession session = model.CreateSession();
            var request = new GenerationRequest { Prompt = model.Encode("a"), MaxTokens = 2, Sampling = new SamplingOptions { Temperature = 0 } };
            await foreach (GeneratedToken token in session.GenerateAsync(request, cancellationToken))
            {
                Text += token.Text;
            }
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
