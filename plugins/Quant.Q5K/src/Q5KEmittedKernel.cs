using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Q5K;

/// <summary>The products over <see cref="Q5KPanel"/> with code that is assembled at run time.</summary>
internal static unsafe class Q5KEmittedKernel
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
        LazyInitializer.EnsureInitialized(ref s_tiles, () => new TileCache(code, new Q5KTileAssembler())).IsUsable;

    /// <summary>The kernel; <see cref="Prepare"/> must have said yes.</summary>
    public static PackedKernel Kernel => new()
    {
        PanelRows = TileAssembler.Rows,
        PanelBlockBytes = TileAssembler.Rows * Q5KPanel.BlockBytesPerRow,
        TokenTile = TileAssembler.MaxTokens,
        Pack = &Q5KPanel.Pack16,
        Multiply = &Multiply,
    };

    private static void Multiply(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride) =>
        s_tiles!.Multiply(panel, blocks, x, token, count, y, stride);
}
