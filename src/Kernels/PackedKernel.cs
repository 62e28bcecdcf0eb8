using Tessera.Numerics;

namespace Tessera.Kernels;

/// <summary>
/// A format's layout of <em>panels</em> and the products over it, for one instruction set. A panel is a few rows side by side: block by block, with the
/// bytes of all its rows interleaved as the machine's vectors want them.
/// </summary>
public readonly unsafe struct PackedKernel
{
    /// <summary>The instruction set that it computes with, for people who ask; null where that is not told.</summary>
    public SimdLevel? Simd { get; init; }

    /// <summary>What <see cref="Multiply"/> reads of its input.</summary>
    public required ActivationParts Reads { get; init; }

    /// <summary>Rows in a panel: the lanes of a vector.</summary>
    public required int PanelRows { get; init; }

    /// <summary>Bytes that a block takes in the panel, for all its rows.</summary>
    public required int PanelBlockBytes { get; init; }

    /// <summary>The most tokens that one <see cref="Multiply"/> takes.</summary>
    public required int TokenTile { get; init; }

    /// <summary>Whether <see cref="Multiply"/> runs code that was assembled at run time; for people who ask.</summary>
    public bool IsAssembled { get; init; }

    /// <summary>
    /// Makes a panel: the first of its rows in the file, bytes from one row to the next, how many rows there are (the panel's others stay zero),
    /// blocks in a row, the panel (zeroed where rows are missing).
    /// </summary>
    public required delegate*<byte*, long, int, int, byte*, void> Pack { get; init; }

    /// <summary>
    /// Multiplies all rows of a panel with 1 to <see cref="TokenTile"/> tokens: panel, blocks in a row, batch, first token, how many, the first
    /// result, elements to the next token's. A token's results have the same bits whatever its place and the number of tokens.
    /// </summary>
    public required delegate*<byte*, int, in ActivationBatch, int, int, float*, int, void> Multiply { get; init; }
}
