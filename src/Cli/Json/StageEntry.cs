namespace Tessera.Cli.Json;

internal sealed record StageEntry(string Name, string Choice, string Reason);
