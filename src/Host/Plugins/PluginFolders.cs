namespace Tessera.Plugins;

/// <summary>The folders that plugins are looked for in, in search order. The order decides nothing: of two plugins for one key, the user chooses.</summary>
public static class PluginFolders
{
    /// <summary>The environment variable that lists further folders, separated as in <c>PATH</c>.</summary>
    public const string EnvironmentVariable = "TESSERA_PLUGINS";

    /// <summary>The folder beside the executable.</summary>
    public static string BundledFolder => Path.Combine(AppContext.BaseDirectory, "plugins");

    /// <summary>The user's folder: <c>~/.local/share/tessera/plugins</c> on Linux, <c>%LOCALAPPDATA%\tessera\plugins</c> on Windows.</summary>
    public static string UserFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "tessera",
        "plugins");

    /// <summary>The whole search list: beside the executable, the user's, the environment's, then those of the options.</summary>
    /// <param name="options">What was asked for.</param>
    public static IReadOnlyList<PluginSearchFolder> For(PluginOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return For(options, Environment.GetEnvironmentVariable(EnvironmentVariable));
    }

    internal static IReadOnlyList<PluginSearchFolder> For(PluginOptions options, string? environment)
    {
        string[] named = (environment ?? "").Split(
            Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return
        [
            new(BundledFolder, PluginSource.Bundled),
            new(UserFolder, PluginSource.User),
            .. named.Select(path => new PluginSearchFolder(path, PluginSource.Environment)),
            .. options.Folders.Select(path => new PluginSearchFolder(path, PluginSource.Option)),
        ];
    }
}
