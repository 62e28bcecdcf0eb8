using Microsoft.Extensions.Logging;

namespace Tessera.Plugins;

/// <summary>What is logged of plugins, in the category <c>Tessera.Plugins</c>.</summary>
internal static partial class PluginEvents
{
    [LoggerMessage(100, LogLevel.Debug, "Found the plugin {Plugin} {Version} in '{Folder}': {Exports}.")]
    public static partial void Found(ILogger logger, string plugin, Version version, string folder, IReadOnlyList<PluginExport> exports);

    [LoggerMessage(101, LogLevel.Warning, "Rejected: {Reason}")]
    public static partial void Rejected(ILogger logger, string reason);

    [LoggerMessage(102, LogLevel.Warning, "{Problem} Choose one: {Choices}.")]
    public static partial void InConflict(ILogger logger, string problem, IReadOnlyList<PluginUse> choices);

    [LoggerMessage(103, LogLevel.Information, "{Plugins} plugins are ready, {Rejected} were rejected ({Milliseconds:0} ms).")]
    public static partial void Ready(ILogger logger, int plugins, int rejected, double milliseconds);
}
