namespace Tessera.Cli.Json;

/// <summary>What <c>plugins --json</c> writes.</summary>
internal sealed record PluginsResult(IReadOnlyList<PluginEntry> Plugins, IReadOnlyList<string> Conflicts, IReadOnlyList<PluginRefusal> Rejected);
