using System.Runtime.InteropServices;

namespace Tessera.Kernels;

/// <summary>What an assembled tile reads: a panel of 16 rows times a few tokens. Their offsets are part of the code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileArguments
{
    /// <summary>The panel's first block.</summary>
    public byte* Panel;

    /// <summary>The first token's integers.</summary>
    public sbyte* Quants;

    /// <summary>Bytes from one token's integers to the next; an eighth of it from its scales to the next.</summary>
    public nint QuantStride;

    /// <summary>The first token's scales.</summary>
    public float* Scales;

    /// <summary>The first token's sums, those that <see cref="TileAssembler.ReadsSums"/> names.</summary>
    public void* Sums;

    /// <summary>The first row's and token's result.</summary>
    public float* Output;

    /// <summary>Bytes from one token's results to the next.</summary>
    public nint OutputStride;

    /// <summary>Blocks in a row, at least 1.</summary>
    public nint Blocks;
}
