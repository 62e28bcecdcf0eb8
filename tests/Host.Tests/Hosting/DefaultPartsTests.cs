using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Tessera.Catalog;
using Tessera.Generation;
using Tessera.Host.Tests.Loading;
using Tessera.Hosting;
using Tessera.Loading;

namespace Tessera.Host.Tests.Hosting;

public class DefaultPartsTests(TinyEngine engine)
{
    /// <remarks>A format, tokenizer or architecture that is added to the repository is added to the list of those that ship.</remarks>
    [Fact]
    public void They_serve_all_that_the_repository_s_plugins_serve()
    {
        string[] exported =
        [
            .. Directory.GetFiles(AppContext.BaseDirectory, "Tessera.*.dll")
                .Where(path => Path.GetFileName(path).Split('.') is ["Tessera", "Quant" or "Tokenizer" or "Architecture", not "Tests", "dll"])
                .SelectMany(path => Assembly.LoadFrom(path).GetExportedTypes())
                .Where(type => type.GetCustomAttributes().Any(attribute => attribute is System.Composition.ExportAttribute))
                .Select(type => type.FullName!),
        ];
        using ServiceProvider services = Services();
        PluginCatalog catalog = services.GetRequiredService<PluginCatalog>();
        string[] served =
        [
            .. catalog.QuantFormats.Select(part => part.Implementation.FullName!),
            .. catalog.Tokenizers.Select(part => part.Implementation.FullName!),
            .. catalog.Architectures.Select(part => part.Implementation.FullName!),
        ];

        Assert.NotEmpty(exported);
        Assert.Equal(exported.Order(StringComparer.Ordinal), served.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_model_runs_with_them_and_no_folder_and_gives_the_same_tokens()
    {
        string path = engine.Save(TinyVocabulary.Alphabet());
        await using ServiceProvider services = Services();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using LanguageModel model = await services.GetRequiredService<IModelLoader>().LoadAsync(path, cancellationToken: cancellation);
        await using LanguageModel expected = await engine.Loader.LoadAsync(path, cancellationToken: cancellation);

        Assert.Equal(Generate(expected), Generate(model));
    }

    private static ServiceProvider Services() => new ServiceCollection()
        .AddTessera(builder => builder.AddDefaultParts().Configure(options => options.SearchFolders = false))
        .BuildServiceProvider();

    private static List<GeneratedToken> Generate(LanguageModel model)
    {
        using IModelSession session = model.CreateSession();
        var request = new GenerationRequest { Prompt = model.Encode("a"), MaxTokens = 20, Sampling = new SamplingOptions { Temperature = 0 } };
        return [.. session.Generate(request, TestContext.Current.CancellationToken)];
    }
}
