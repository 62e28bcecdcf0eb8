namespace Tessera.Cli.Json;

/// <summary>The first difference of <c>compare --tokens --json</c>. The cause is null without <c>--explain-merges</c>.</summary>
internal sealed record TokenDifferenceEntry(
    int Line, bool Special, int Index, IReadOnlyList<int> ExpectedIds, IReadOnlyList<int> Ids, string? Cause, int? PartingMerge);
