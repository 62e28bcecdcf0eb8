using System.Runtime.InteropServices;

namespace Tessera.Quant.Float;

/// <summary>What an assembled tile reads: a panel of 16 rows times a few tokens. Their offsets are part of the code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct F16TileArguments
{
    /// <summary>The panel's first weight.</summary>
    public byte* Panel;

    /// <summary>The first token's activations.</summary>
    public float* Values;

    /// <summary>Bytes from one token's activations to the next.</summary>
    public nint ValueStride;

    /// <summary>Groups of columns, at least 1.</summary>
    public nint Groups;

    /// <summary>The first row's and token's result.</summary>
    public float* Output;

    /// <summary>Bytes from one token's results to the next.</summary>
    public nint OutputStride;

    /// <summary>Room for the vector registers that belong to the caller on Windows.</summary>
    public fixed byte Saved[F16TileAssembler.SavedBytes];
}
