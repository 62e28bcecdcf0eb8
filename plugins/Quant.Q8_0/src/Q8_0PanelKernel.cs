using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Q8_0;

/// <summary>Products of panels with encoded activations, in one file per instruction set.</summary>
internal static unsafe partial class Q8_0PanelKernel
{
    /// <summary>The kernel for an instruction set that has panels.</summary>
    public static PackedKernel For(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => new PackedKernel
        {
            Simd = SimdLevel.Avx512,
            Reads = ActivationParts.Quants | ActivationParts.Sums,
            PanelRows = Q8_0Panel.Rows,
            PanelBlockBytes = Q8_0Panel.BlockBytes,
            TokenTile = 8,
            Pack = &Q8_0Panel.Pack,
            Multiply = &MultiplyAvx512,
        },
        SimdLevel.Avx2 => new PackedKernel
        {
            Simd = SimdLevel.Avx2,
            Reads = ActivationParts.Quants,
            PanelRows = Q8_0Panel.Rows,
            PanelBlockBytes = Q8_0Panel.BlockBytes,
            TokenTile = UnpackedBlocks.MaxTokens,
            Pack = &Q8_0Panel.Pack,
            Multiply = &MultiplyAvx2,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };
}
