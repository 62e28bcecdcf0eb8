using Microsoft.Extensions.Logging;

namespace Tessera.Plugins;

internal sealed class PluginContext(PluginInfo plugin, ILoggerFactory loggers) : IPluginContext
{
    public string Directory => plugin.Folder;

    public ILogger Logger { get; } = loggers.CreateLogger(plugin.Name);
}
