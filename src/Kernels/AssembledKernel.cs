using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Kernels;

/// <summary>Kernels whose products are code that a format assembles at run time.</summary>
public static class AssembledKernel
{
    /// <summary>A kernel with its products replaced by assembled ones over the same panels, which have the same bits.</summary>
    /// <typeparam name="TAssembler">The format's assembler.</typeparam>
    /// <param name="kernel">The kernel of the intrinsics.</param>
    /// <param name="options">What the host allows.</param>
    /// <returns>The kernel as it is where AVX-512 is not wanted, the processor lacks the instructions or the system refuses executable memory.</returns>
    public static unsafe PackedKernel Over<TAssembler>(PackedKernel kernel, KernelOptions options)
        where TAssembler : TileAssembler, new() =>
        options.Simd == SimdLevel.Avx512 && options.MachineCode is { } machineCode
            && machineCode.Features.HasFlag(MachineCodeFeatures.Avx512Vnni) && Tiles<TAssembler>.CanMake(machineCode)
            ? kernel with { TokenTile = TileAssembler.MaxTokens, IsAssembled = true, Reads = Tiles<TAssembler>.Reads, Multiply = &Tiles<TAssembler>.Multiply }
            : kernel;

    private static unsafe class Tiles<TAssembler>
        where TAssembler : TileAssembler, new()
    {
        private static readonly TileSet s_tiles = new(new TAssembler());

        public static ActivationParts Reads => s_tiles.Reads;

        public static bool CanMake(IMachineCode machineCode) => s_tiles.CanMake(machineCode);

        public static void Multiply(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride) =>
            s_tiles.Multiply(panel, blocks, x, token, count, y, stride);
    }
}
