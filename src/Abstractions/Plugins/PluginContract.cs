namespace Tessera.Plugins;

/// <summary>The contract between the host and its plugins that this assembly defines.</summary>
public static class PluginContract
{
    /// <summary>The contract version: a host loads only plugins that were built against the same one.</summary>
    public const int Version = 2;
}
