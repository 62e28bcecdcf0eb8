namespace Tessera.Cli.Json;

/// <summary>
/// Tensors that differ in their layer alone. <see cref="Simd"/> is null where no kernel computes or the plugin does not tell, <see cref="FileBytes"/> and
/// <see cref="Plugin"/> where no plugin serves the type.
/// </summary>
internal sealed record TensorClassEntry(
    string Name, IReadOnlyList<long> Shape, int Count, string Type, string? Plugin,
    string Kernel, string? Simd, string Placement, long? FileBytes, long MemoryBytes);
