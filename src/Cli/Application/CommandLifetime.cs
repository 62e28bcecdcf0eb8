using Microsoft.Extensions.Hosting;

namespace Tessera.Cli.Application;

/// <summary>The host lives as long as the command that it serves; what the user interrupts is the command (<see cref="Interruption"/>).</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
