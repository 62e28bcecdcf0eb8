namespace Tessera.Cli.Json;

internal sealed record PluginEntry(string Name, string Version, int Contract, string Folder, bool Locked, IReadOnlyList<PluginProvision> Provides);
