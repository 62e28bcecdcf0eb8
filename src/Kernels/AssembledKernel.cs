using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Kernels;

/// <summary>Kernels whose products are code that a format assembles at run time.</summary>
public static class AssembledKernel
{
    /// <summary>A kernel with its products replaced by assembled ones over the same panels, which have the same bits.</summary>
    /// <typeparam name="TAssembler">The format's assembler.</typeparam>
    /// <param name="kernel">The kernel of the intrinsics.</param>
    /// <param name="machineCode">The host's service, or null.</param>
    /// <returns>The kernel as it is where its panels have other than 16 rows, the processor lacks the instructions or the system refuses executable memory.</returns>
    public static unsafe PackedKernel Over<TAssembler>(PackedKernel kernel, IMachineCode? machineCode)
        where TAssembler : TileAssembler, new() =>
        kernel.PanelRows == TileAssembler.Rows && machineCode is not null && machineCode.Features.HasFlag(MachineCodeFeatures.Avx512Vnni) && Tiles<TAssembler>.CanMake(machineCode)
            ? kernel with { TokenTile = TileAssembler.MaxTokens, IsAssembled = true, Multiply = &Tiles<TAssembler>.Multiply }
            : kernel;

    /// <summary>A tile for each number of tokens, made when it is first needed and kept as long as the process lives.</summary>
    private static unsafe class Tiles<TAssembler>
        where TAssembler : TileAssembler, new()
    {
        private static readonly TAssembler s_assembler = new();
        private static readonly ISealedCode?[] s_tiles = new ISealedCode?[TileAssembler.MaxTokens + 1];
        private static IMachineCode? s_machineCode;

        public static bool CanMake(IMachineCode machineCode)
        {
            s_machineCode ??= machineCode;
            return Make(1) is not null;
        }

        public static void Multiply(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
        {
            ISealedCode tile = Volatile.Read(ref s_tiles[count]) ?? Make(count) ?? throw new InvalidOperationException("executable memory was granted before and is refused now");
            var arguments = new TileArguments
            {
                Panel = panel,
                Quants = x.QuantsOf(token),
                QuantStride = x.QuantStride,
                Scales = x.ScalesOf(token),
                Sums = s_assembler.ReadsIntegerSums ? x.SumsOf(token) : x.ScaledSumsOf(token),
                Output = y,
                OutputStride = (nint)stride * sizeof(float),
                Blocks = blocks,
            };
            ((delegate* unmanaged<TileArguments*, void>)tile.Address)(&arguments);
        }

        private static ISealedCode? Make(int tokens)
        {
            lock (s_tiles)
            {
                return s_tiles[tokens] ??= s_machineCode!.Seal(s_assembler.Assemble(tokens, s_machineCode.UsesWindowsConvention));
            }
        }
    }
}
