namespace Tessera.Cli.Json;

/// <summary>A tensor; <see cref="Bytes"/> and <see cref="Plugin"/> are null where no plugin serves its type.</summary>
internal sealed record TensorEntry(string Name, IReadOnlyList<long> Shape, string Type, uint TypeNumber, long? Bytes, long Offset, string File, string? Plugin);
