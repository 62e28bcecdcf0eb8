namespace Tessera.Plugins;

/// <summary>
/// Marks an assembly as a Tessera plugin and names the version of the contract it was built against. The host reads it
/// from the file's metadata before it loads a single type; an assembly without it is not a plugin.
/// </summary>
/// <param name="version">The contract version, see <see cref="PluginContract.Version"/>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class PluginContractAttribute(int version) : Attribute
{
    /// <summary>The contract version that the plugin was built against.</summary>
    public int Version { get; } = version;
}
