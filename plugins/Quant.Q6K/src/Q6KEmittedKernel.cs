using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Q6K;

/// <summary>The products over <see cref="Q6KPanel"/> with code that is assembled at run time.</summary>
internal static unsafe class Q6KEmittedKernel
{
    // Below this the assembler's own start takes longer than its code saves.
    private const long SmallestMatrix = 1 << 21;

    private static TileCache? s_tiles;

    /// <summary>Whether the kernel is worth it for a matrix and possible here.</summary>
    public static bool Serves(in WeightSource source, KernelOptions options) =>
        options.MachineCode is IMachineCode code && (long)source.Rows * source.Columns >= SmallestMatrix && Prepare(code);

    /// <summary>Makes the tiles' cache, once for the process.</summary>
    /// <returns>Whether the system lets assembled code run.</returns>
    public static bool Prepare(IMachineCode code) =>
        LazyInitializer.EnsureInitialized(ref s_tiles, () => new TileCache(code, new Q6KTileAssembler())).IsUsable;

    /// <summary>The kernel; <see cref="Prepare"/> must have said yes.</summary>
    public static PackedKernel Kernel => new()
    {
        PanelRows = Q6KPanel.Rows,
        PanelBlockBytes = Q6KPanel.BlockBytes,
        TokenTile = TileAssembler.MaxTokens,
        Pack = &Q6KPanel.Pack,
        Multiply = &Multiply,
    };

    private static void Multiply(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        // The assembled tile of one token measured slower than the intrinsics' kernel, which has the same bits.
        if (count == 1)
        {
            Q6KPanelKernel.MultiplyAvx512(panel, blocks, x, token, count, y, stride);
        }
        else
        {
            s_tiles!.Multiply(panel, blocks, x, token, count, y, stride);
        }
    }
}
