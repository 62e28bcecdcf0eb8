using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tessera.Catalog;
using Tessera.Cli.Display;
using Tessera.Cli.Options;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Plugins;
using Tessera.Workbench.Explaining;
using Tessera.Workbench.Importance;
using Tessera.Workbench.Quantizing;
using Tessera.Workbench.Verification;

namespace Tessera.Cli.Application;

/// <summary>The host of a command: the engine with plugins as the options say, loading with progress on a terminal.</summary>
internal sealed class Engine : IDisposable
{
    private readonly IHost _host;

    public Engine(ParseResult arguments)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();

        // What was rejected is for 'plugins' to tell, what cannot start for the exception.
        builder.Logging.AddProvider(new StandardErrorLogger()).AddFilter("Tessera.Plugins", LogLevel.None).AddFilter("Microsoft", LogLevel.None);
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.AddTessera(engine => engine.Configure(options => CommonOptions.ReadPlugins(arguments, options)));
        builder.Services.AddTesseraWorkbench();
        _host = builder.Build();
        try
        {
            _host.Start();
        }
        catch
        {
            _host.Dispose();
            throw;
        }
    }

    private IServiceProvider Services => _host.Services;

    /// <summary>Where plugins were sought: as the command line says, and the configuration.</summary>
    public PluginOptions PluginOptions => Services.GetRequiredService<IOptions<PluginOptions>>().Value;

    public PluginCatalog Plugins => Services.GetRequiredService<PluginCatalog>();

    public ModelQuantizer Quantizer => Services.GetRequiredService<ModelQuantizer>();

    public ImportanceCollector Importance => Services.GetRequiredService<ImportanceCollector>();

    public ModelVerifier Verifier => Services.GetRequiredService<ModelVerifier>();

    public ModelExplainer Explainer => Services.GetRequiredService<ModelExplainer>();

    public IModelLoader Loader => Services.GetRequiredService<IModelLoader>();

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

    public void Dispose()
    {
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
    }
}
