using Tessera.Kernels;
using Tessera.Kernels.Unpacked;
using Tessera.Numerics;

namespace Tessera.Quant.Q6K;

/// <summary>Products of panels with encoded activations, in one file per instruction set.</summary>
internal static unsafe partial class Q6KPanelKernel
{
    /// <summary>The kernel for an instruction set that has one.</summary>
    public static PackedKernel For(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => new PackedKernel
        {
            Simd = SimdLevel.Avx512,
            Reads = ActivationParts.Quants | ActivationParts.Sums,
            PanelRows = Q6KPanel.Rows,
            PanelBlockBytes = Q6KPanel.BlockBytes,
            TokenTile = 8,
            Pack = &Q6KPanel.Pack,
            Multiply = &MultiplyAvx512,
        },
        SimdLevel.Avx2 => UnpackedKernel.Over<Q6KUnpackedPanel>(&Q6KPanel.Pack),
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };
}
