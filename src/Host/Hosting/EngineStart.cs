using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tessera.Catalog;

namespace Tessera.Hosting;

/// <summary>Finds the plugins and loads the models before the host's services start, so that these have them and a host without them does not start.</summary>
internal sealed class EngineStart(IServiceProvider services) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await Task.Run(services.GetRequiredService<PluginCatalog>, cancellationToken).ConfigureAwait(false);
        foreach (HostedModel model in services.GetServices<HostedModel>())
        {
            await model.LoadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
