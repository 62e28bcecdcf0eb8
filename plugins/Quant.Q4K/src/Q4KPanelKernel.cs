using Tessera.Kernels;
using Tessera.Kernels.Unpacked;
using Tessera.Numerics;

namespace Tessera.Quant.Q4K;

/// <summary>Products of panels with encoded activations, in one file per instruction set.</summary>
internal static unsafe partial class Q4KPanelKernel
{
    /// <summary>The kernel for an instruction set that has vectors.</summary>
    public static PackedKernel For(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => new PackedKernel
        {
            Simd = SimdLevel.Avx512,
            Reads = ActivationParts.Quants | ActivationParts.SumTables,
            PanelRows = 16,
            PanelBlockBytes = 16 * Q4KPanel.BlockBytesPerRow,
            TokenTile = 8,
            Pack = &Q4KPanel.PackForLookUps,
            Multiply = &MultiplyAvx512,
        },
        SimdLevel.Avx2 => UnpackedKernel.Over<Q4KUnpackedPanel>(&Q4KPanel.Pack16),
        SimdLevel.Vector128 => new PackedKernel
        {
            Simd = SimdLevel.Vector128,
            Reads = ActivationParts.Quants | ActivationParts.ScaledSums,
            PanelRows = 8,
            PanelBlockBytes = 8 * Q4KPanel.BlockBytesPerRow,
            TokenTile = 4,
            Pack = &Q4KPanel.Pack8,
            Multiply = &MultiplyVector128,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };
}
