using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tessera.Catalog;

namespace Tessera.Hosting;

/// <summary>
/// Finds the plugins before the host's services start, and loads the models among them: what collects traces and figures starts first. A host without its
/// plugins and models does not start.
/// </summary>
internal sealed class EngineStart(IServiceProvider services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.Run(services.GetRequiredService<PluginCatalog>, cancellationToken);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (HostedModel model in services.GetServices<HostedModel>())
        {
            await model.LoadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
