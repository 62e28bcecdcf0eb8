namespace Tessera.Plugins;

/// <summary>Which kind of place a plugin was found in. The order is the search order.</summary>
public enum PluginSource
{
    /// <summary>The folder <c>plugins</c> beside the executable.</summary>
    Bundled,

    /// <summary>The user's own folder, see <see cref="PluginFolders.UserFolder"/>.</summary>
    User,

    /// <summary>A folder that the environment variable <c>TESSERA_PLUGINS</c> names.</summary>
    Environment,

    /// <summary>A folder of <see cref="PluginOptions.Folders"/>.</summary>
    Option,

    /// <summary>The application itself, which gave an object (<see cref="PluginOptions.Parts"/>).</summary>
    Application,
}
