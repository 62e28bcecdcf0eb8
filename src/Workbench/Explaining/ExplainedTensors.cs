using Tessera.Numerics;

namespace Tessera.Workbench.Explaining;

/// <summary>Tensors of one name but for the layer, one type and one shape, in one use.</summary>
public sealed record ExplainedTensors
{
    /// <summary>The name, with an asterisk for the number of the layer: <c>blk.*.attn_q.weight</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Extents, columns first.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>How many there are.</summary>
    public required int Count { get; init; }

    /// <summary>The quantization format's name.</summary>
    public required string Type { get; init; }

    /// <summary>The plugin that serves the format, with its version; null for a tensor that nobody uses and no plugin serves.</summary>
    public required string? Plugin { get; init; }

    /// <summary>What computes with them, or <c>unused</c>.</summary>
    public required string Kernel { get; init; }

    /// <summary>The kernel's instruction set; null where no kernel of the format computes, or the plugin does not tell.</summary>
    public required SimdLevel? Simd { get; init; }

    /// <summary>Where their values are at run time: <c>mapped</c>, <c>packed</c>, <c>copied</c> as F32, or <c>none</c>.</summary>
    public required string Placement { get; init; }

    /// <summary>Bytes of all of them in the file; null where no plugin tells.</summary>
    public required long? FileBytes { get; init; }

    /// <summary>Bytes that all of them take in memory besides the mapped file.</summary>
    public required long MemoryBytes { get; init; }
}
