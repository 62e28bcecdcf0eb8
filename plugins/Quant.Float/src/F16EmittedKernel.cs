using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Float;

/// <summary>The products over <see cref="FloatPanel"/> of binary16 with code that is assembled at run time.</summary>
internal static unsafe class F16EmittedKernel
{
    private static ISealedCode[]? s_tiles;

    /// <summary>Whether the kernel serves a matrix and is possible here.</summary>
    public static bool Serves(in WeightSource source, KernelOptions options) =>
        options.MachineCode is IMachineCode code && source.Columns % F16TileAssembler.GroupColumns == 0 && Prepare(code);

    /// <summary>Assembles a tile for each number of tokens, once for the process.</summary>
    /// <returns>Whether the system lets assembled code run.</returns>
    public static bool Prepare(IMachineCode code) => LazyInitializer.EnsureInitialized(ref s_tiles, () => Assemble(code)).Length > 0;

    /// <summary>The kernel; <see cref="Prepare"/> must have said yes.</summary>
    public static PackedKernel Kernel => new()
    {
        Simd = SimdLevel.Avx512,
        Reads = ActivationParts.Values,
        PanelRows = FloatPanel.Rows,
        PanelBlockBytes = FloatPanel.Rows * F16Element.Bytes,
        TokenTile = F16TileAssembler.MaxTokens,
        IsAssembled = true,
        Pack = &FloatPanel.Pack<ushort>,
        Multiply = &Multiply,
    };

    /// <summary>A tile for each number of tokens, from 1 on, or none where the system refuses.</summary>
    private static ISealedCode[] Assemble(IMachineCode code)
    {
        var tiles = new ISealedCode[F16TileAssembler.MaxTokens];
        for (int i = 0; i < tiles.Length; i++)
        {
            if (code.Seal(F16TileAssembler.Assemble(i + 1, code.UsesWindowsConvention)) is not ISealedCode tile)
            {
                return [];
            }

            tiles[i] = tile;
        }

        return tiles;
    }

    private static void Multiply(byte* panel, int columns, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        F16TileArguments arguments;
        arguments.Panel = panel;
        arguments.Values = x.ValuesOf(token);
        arguments.ValueStride = (nint)x.ValueStride * sizeof(float);
        arguments.Groups = columns / F16TileAssembler.GroupColumns;
        arguments.Output = y;
        arguments.OutputStride = (nint)stride * sizeof(float);
        ((delegate* unmanaged<F16TileArguments*, void>)s_tiles![count - 1].Address)(&arguments);
    }
}
