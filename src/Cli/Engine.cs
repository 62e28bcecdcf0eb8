using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using Tessera.Pipeline;
using Tessera.Plugins;

namespace Tessera.Cli;

/// <summary>The engine as the command line uses it: plugins as the options say, loading with progress on a terminal.</summary>
internal sealed class Engine : IDisposable
{
    // A model that loads faster than this shows no progress: it would only flicker.
    private static readonly TimeSpan ProgressDelay = TimeSpan.FromMilliseconds(300);

    private readonly ServiceProvider _services;

    public Engine(ParseResult arguments)
    {
        _services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(new StandardErrorLoggerFactory())
            .AddTessera(CommonOptions.PluginOptionsOf(arguments))
            .BuildServiceProvider();
    }

    public PluginCatalog Plugins => _services.GetRequiredService<PluginCatalog>();

    public IModelLoader Loader => _services.GetRequiredService<IModelLoader>();

    public async Task<LanguageModel> LoadAsync(string path, ModelOptions options, CancellationToken cancellationToken)
    {
        if (Console.IsErrorRedirected)
        {
            return await Loader.LoadAsync(path, options, cancellationToken: cancellationToken);
        }

        LoadProgress latest = default;
        Task<LanguageModel> loading = Loader.LoadAsync(path, options, new Observer(p => latest = p), cancellationToken);
        if (await Task.WhenAny(loading, Task.Delay(ProgressDelay, cancellationToken)) == loading)
        {
            return await loading;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress().AutoClear(true).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask($"Loading {Markup.Escape(Path.GetFileName(path))}");
            while (!loading.IsCompleted)
            {
                task.Value = latest.TotalBytes == 0 ? 0 : 100.0 * latest.Bytes / latest.TotalBytes;
                await Task.WhenAny(loading, Task.Delay(50, CancellationToken.None));
            }
        });
        return await loading;
    }

    public void Dispose() => _services.Dispose();

    /// <summary>Reports on the loading thread; <see cref="Progress{T}"/> would queue them.</summary>
    private sealed class Observer(Action<LoadProgress> report) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => report(value);
    }
}
