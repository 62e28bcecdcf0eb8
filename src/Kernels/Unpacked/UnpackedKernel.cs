using Tessera.Numerics;

namespace Tessera.Kernels.Unpacked;

/// <summary>Kernels for AVX2 over panels of 16 rows, whose blocks are unpacked once for many tokens.</summary>
public static unsafe class UnpackedKernel
{
    /// <summary>A format's kernel over its panels.</summary>
    /// <typeparam name="TPanel">The panel.</typeparam>
    /// <param name="pack">Packs a panel, as <see cref="PackedKernel.Pack"/>.</param>
    public static PackedKernel Over<TPanel>(delegate*<byte*, long, int, int, byte*, void> pack)
        where TPanel : struct, IUnpackedPanel => new()
        {
            Simd = SimdLevel.Avx2,
            Reads = ActivationParts.Quants | ActivationParts.ScaledSums,
            PanelRows = UnpackedBlock.Rows,
            PanelBlockBytes = TPanel.BlockBytes,
            TokenTile = UnpackedProduct<TPanel>.MaxTokens,
            Pack = pack,
            Multiply = &UnpackedProduct<TPanel>.Multiply,
        };
}
