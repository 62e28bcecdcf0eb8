namespace Tessera.Cli.Json;

/// <summary>A tensor before and after; <see cref="InsteadOf"/> is the type that its rows are too short or too odd for.</summary>
internal sealed record QuantizedTensorEntry(
    string Name, IReadOnlyList<long> Shape, string SourceType, string Type, string? InsteadOf, bool Importance, long SourceBytes, long Bytes);
