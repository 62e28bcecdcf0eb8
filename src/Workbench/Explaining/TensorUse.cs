using Tessera.Numerics;

namespace Tessera.Workbench.Explaining;

/// <summary>What a model does with a tensor.</summary>
/// <param name="Kernel">What computes with it.</param>
/// <param name="Simd">The instruction set of the format's kernel, or null where none computes or the plugin does not tell.</param>
/// <param name="Placement">Where its values are.</param>
/// <param name="MemoryBytes">Bytes that it takes besides the mapped file.</param>
internal sealed record TensorUse(string Kernel, SimdLevel? Simd, string Placement, long MemoryBytes)
{
    public static TensorUse Unused { get; } = new("unused", null, "none", 0);

    /// <summary>A table of rows stays in the file; rows are dequantized as tokens ask for them.</summary>
    public static TensorUse Table { get; } = new("rows dequantized as they are looked up", null, "mapped", 0);

    /// <summary>A vector is dequantized while the model loads.</summary>
    public static TensorUse Vector(int length) => new("dequantized when loaded", null, "copied", (long)length * sizeof(float));
}
