namespace Tessera.Cli.Json;

/// <summary>One line of <c>tokenize --json</c>.</summary>
internal sealed record TokenizeResult(IReadOnlyList<int> Ids, string Detok);
