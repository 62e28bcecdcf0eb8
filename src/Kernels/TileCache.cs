using Tessera.Numerics;

namespace Tessera.Kernels;

/// <summary>The assembled tiles of a format, one for each number of tokens, made when they are first needed and kept as long as the process lives.</summary>
/// <param name="machineCode">The host's service.</param>
/// <param name="assembler">The format's assembler.</param>
public sealed unsafe class TileCache(IMachineCode machineCode, TileAssembler assembler)
{
    private readonly ISealedCode?[] _tiles = new ISealedCode?[TileAssembler.MaxTokens + 1];

    /// <summary>Whether the processor has the instructions and the system lets assembled code run; tried with the first tile.</summary>
    public bool IsUsable => machineCode.Features.HasFlag(MachineCodeFeatures.Avx512Vnni) && Make(1) is not null;

    /// <summary>Multiplies a panel with 1 to <see cref="TileAssembler.MaxTokens"/> tokens, as a packed kernel's <c>Multiply</c>.</summary>
    public void Multiply(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        ISealedCode tile = Volatile.Read(ref _tiles[count]) ?? Make(count) ?? throw new InvalidOperationException("executable memory was granted before and is refused now");
        var arguments = new TileArguments
        {
            Panel = panel,
            Quants = x.QuantsOf(token),
            QuantStride = x.QuantStride,
            Scales = x.ScalesOf(token),
            Sums = assembler.ReadsIntegerSums ? x.SumsOf(token) : x.ScaledSumsOf(token),
            Output = y,
            OutputStride = (nint)stride * sizeof(float),
            Blocks = blocks,
        };
        ((delegate* unmanaged<TileArguments*, void>)tile.Address)(&arguments);
    }

    private ISealedCode? Make(int tokens)
    {
        lock (_tiles)
        {
            return _tiles[tokens] ??= machineCode.Seal(assembler.Assemble(tokens, machineCode.UsesWindowsConvention));
        }
    }
}
