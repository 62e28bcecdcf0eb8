using Microsoft.Extensions.Logging;

namespace Tessera.Plugins;

/// <summary>What the host gives to a plugin that asks for it with an importing constructor.</summary>
public interface IPluginContext
{
    /// <summary>The folder that the plugin was loaded from.</summary>
    string Directory { get; }

    /// <summary>A logger in the plugin's name.</summary>
    ILogger Logger { get; }
}
