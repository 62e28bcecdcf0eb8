using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Tessera.Plugins;

/// <summary>The folders that plugins are looked for in, in search order. The order decides nothing: of two plugins for one key, the user chooses.</summary>
public static class PluginFolders
{
    /// <summary>Why what loads plugins is not called where code is trimmed or compiled ahead of time.</summary>
    internal const string NeedAllCode = "Plugins in folders may need any code of the program, and theirs is compiled at run time.";

    /// <summary>The environment variable that lists further folders, separated as in <c>PATH</c>.</summary>
    public const string EnvironmentVariable = "TESSERA_PLUGINS";

    /// <summary>The folder beside the executable.</summary>
    public static string BundledFolder => Path.Combine(AppContext.BaseDirectory, "plugins");

    /// <summary>The user's folder: <c>~/.local/share/tessera/plugins</c> on Linux, <c>%LOCALAPPDATA%\tessera\plugins</c> on Windows.</summary>
    public static string UserFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "tessera",
        "plugins");

    /// <summary>
    /// Whether plugins in folders can be loaded. A program that was published ahead of time or trimmed cannot: nothing compiles their code, and what they need
    /// may be gone.
    /// </summary>
    /// <remarks>Where code is trimmed, the guard for unreferenced code is compiled as false, and what loads folders is trimmed as well.</remarks>
    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    [UnconditionalSuppressMessage("Trimming", "IL4000", Justification = "Trimming puts false in the place of what is returned.")]
    internal static bool AreSupported => RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>The whole search list: beside the executable, the user's, the environment's, then those of the options.</summary>
    /// <param name="options">What was asked for.</param>
    public static IReadOnlyList<PluginSearchFolder> For(PluginOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return For(options, Environment.GetEnvironmentVariable(EnvironmentVariable));
    }

    /// <summary>Where plugins are sought, or why nowhere, in half a sentence.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An empty location is what tells a single file.")]
    internal static string Describe(IReadOnlyList<PluginSearchFolder> folders, PluginOptions options)
    {
        const string Remedy = "what it needs must be registered in code (AddPart, AddDefaultParts)";
        return !RuntimeFeature.IsDynamicCodeSupported ? $"this program was compiled ahead of time and loads no plugins from folders, {Remedy}"
            : !AreSupported ? $"this program was published trimmed and loads no plugins from folders, {Remedy}"
            : !options.SearchFolders ? "plugins in folders are switched off (SearchFolders)"
            : $"they were sought in {string.Join(", ", folders.Select(Describe))}"
                + (typeof(PluginFolders).Assembly.Location.Length == 0 && !Directory.Exists(BundledFolder)
                    ? $"; this program is a single file, whose plugins must lie in 'plugins' beside it, or {Remedy}" : "");
    }

    private static string Describe(PluginSearchFolder folder) => $"'{folder.Path}'{(Directory.Exists(folder.Path) ? "" : " (which does not exist)")}";

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
