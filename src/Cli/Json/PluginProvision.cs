namespace Tessera.Cli.Json;

internal sealed record PluginProvision(string Kind, string Key);
