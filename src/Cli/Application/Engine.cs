using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tessera.Catalog;
using Tessera.Cli.Display;
using Tessera.Cli.Options;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Workbench.Explaining;
using Tessera.Workbench.Importance;
using Tessera.Workbench.Quantizing;
using Tessera.Workbench.Verification;

namespace Tessera.Cli.Application;

/// <summary>The engine as the command line uses it: plugins as the options say, loading with progress on a terminal.</summary>
internal sealed class Engine : IDisposable
{
    private readonly ServiceProvider _services;

    public Engine(ParseResult arguments)
    {
        _services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(new StandardErrorLoggerFactory())
            .AddTessera(CommonOptions.PluginOptionsOf(arguments))
            .AddTesseraWorkbench()
            .BuildServiceProvider();
    }

    public PluginCatalog Plugins => _services.GetRequiredService<PluginCatalog>();

    public ModelQuantizer Quantizer => _services.GetRequiredService<ModelQuantizer>();

    public ImportanceCollector Importance => _services.GetRequiredService<ImportanceCollector>();

    public ModelVerifier Verifier => _services.GetRequiredService<ModelVerifier>();

    public ModelExplainer Explainer => _services.GetRequiredService<ModelExplainer>();

    public IModelLoader Loader => _services.GetRequiredService<IModelLoader>();

    public async Task<LanguageModel> LoadAsync(string path, ModelOptions options, CancellationToken cancellationToken)
    {
        if (!Terminal.IsError)
        {
            return await Loader.LoadAsync(path, options, cancellationToken: cancellationToken);
        }

        var latest = new Observer<LoadProgress>();
        Task<LanguageModel> loading = Loader.LoadAsync(path, options, latest, cancellationToken);
        return await ProgressDisplay.ShowAsync(
            $"Loading {Path.GetFileName(path)}", loading, () => latest.Latest.TotalBytes == 0 ? 0 : (double)latest.Latest.Bytes / latest.Latest.TotalBytes);
    }

    public void Dispose() => _services.Dispose();
}
