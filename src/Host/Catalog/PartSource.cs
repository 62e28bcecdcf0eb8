using Tessera.Plugins;

namespace Tessera.Catalog;

/// <summary>What parts are taken from: a plugin's assembly, or an object of the application's.</summary>
/// <param name="info">The plugin, as people are told about it.</param>
internal abstract class PartSource(PluginInfo info)
{
    public PluginInfo Info { get; } = info;

    /// <summary>Makes the part that exports a contract with a metadata value.</summary>
    /// <exception cref="TesseraException">It cannot be made.</exception>
    public abstract T Create<T>(PluginExport export, string metadataName, object metadataValue);
}
