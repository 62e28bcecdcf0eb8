namespace Tessera.Cli.Json;

internal sealed record PluginRefusal(string Path, string Reason);
