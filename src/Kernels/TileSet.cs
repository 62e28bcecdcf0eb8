using Tessera.Numerics;

namespace Tessera.Kernels;

/// <summary>A format's assembled tiles, one for each number of tokens, made when they are first needed and kept as long as the process lives.</summary>
/// <param name="assembler">The format's assembler.</param>
internal sealed unsafe class TileSet(TileAssembler assembler)
{
    private readonly ISealedCode?[] _tiles = new ISealedCode?[TileAssembler.MaxTokens + 1];
    private readonly nint[] _entries = new nint[TileAssembler.MaxTokens + 1];
    private readonly ActivationParts _sums = assembler.ReadsSums;
    private IMachineCode? _machineCode;

    /// <summary>What the tiles read of the activations.</summary>
    public ActivationParts Reads => ActivationParts.Quants | _sums;

    /// <summary>Whether the system lets assembled code run; tried with the first tile.</summary>
    public bool CanMake(IMachineCode machineCode)
    {
        _machineCode ??= machineCode;
        return Make(1) != 0;
    }

    /// <summary>Multiplies a panel with 1 to <see cref="TileAssembler.MaxTokens"/> tokens, as a packed kernel's <c>Multiply</c>.</summary>
    public void Multiply(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        nint entry = Volatile.Read(ref _entries[count]);
        if (entry == 0 && (entry = Make(count)) == 0)
        {
            throw new InvalidOperationException("executable memory was granted before and is refused now");
        }

        var arguments = new TileArguments
        {
            Panel = panel,
            Quants = x.QuantsOf(token),
            QuantStride = x.QuantStride,
            Scales = x.ScalesOf(token),
            Sums = _sums switch
            {
                ActivationParts.ScaledSums => x.ScaledSumsOf(token),
                ActivationParts.Sums => x.SumsOf(token),
                ActivationParts.Offsets => x.OffsetsOf(token),
                _ => x.SumTablesOf(token),
            },
            Output = y,
            OutputStride = (nint)stride * sizeof(float),
            Blocks = blocks,
        };
        ((delegate* unmanaged[SuppressGCTransition]<TileArguments*, void>)entry)(&arguments);
    }

    private nint Make(int tokens)
    {
        lock (_tiles)
        {
            _tiles[tokens] ??= _machineCode!.Seal(assembler.Assemble(tokens, _machineCode.UsesWindowsConvention));
            nint entry = _tiles[tokens]?.Address ?? 0;
            Volatile.Write(ref _entries[tokens], entry);
            return entry;
        }
    }
}
