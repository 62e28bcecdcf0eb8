using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Q5K;

/// <summary>Products of panels with encoded activations, in one file per instruction set.</summary>
internal static unsafe partial class Q5KPanelKernel
{
    /// <summary>Bytes from where weights are computed to where they are fetched: two blocks of 16 rows, as one takes less time than memory to answer.</summary>
    private const int PrefetchDistance = 2 * 16 * Q5KPanel.BlockBytesPerRow;

    /// <summary>The kernel for an instruction set that has vectors.</summary>
    public static PackedKernel For(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => new PackedKernel
        {
            PanelRows = 16,
            PanelBlockBytes = 16 * Q5KPanel.BlockBytesPerRow,
            TokenTile = 8,
            Pack = &Q5KPanel.Pack16,
            Multiply = &MultiplyAvx512,
        },
        SimdLevel.Avx2 => new PackedKernel
        {
            PanelRows = 8,
            PanelBlockBytes = 8 * Q5KPanel.BlockBytesPerRow,
            TokenTile = 4,
            Pack = &Q5KPanel.Pack8,
            Multiply = &MultiplyAvx2,
        },
        SimdLevel.Vector128 => new PackedKernel
        {
            PanelRows = 8,
            PanelBlockBytes = 8 * Q5KPanel.BlockBytesPerRow,
            TokenTile = 4,
            Pack = &Q5KPanel.Pack8,
            Multiply = &MultiplyVector128,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchThreeLines(byte* later)
    {
        Sse.Prefetch0(later);
        Sse.Prefetch0(later + 64);
        Sse.Prefetch0(later + 128);
    }
}
