using Tessera.Numerics;

namespace Tessera.Kernels;

/// <summary>A format's dot products over one row as it stands in the file, for one instruction set.</summary>
public readonly unsafe struct RowKernel
{
    /// <summary>Makes a kernel.</summary>
    /// <param name="dot">The product with one token: row, blocks in the row, batch, token.</param>
    /// <param name="dotFour">The products with four tokens, each the same to the bit as <paramref name="dot"/>'s: row, blocks in the row, batch, first token,
    /// the first result, elements to the next.</param>
    public RowKernel(
        delegate*<byte*, int, in ActivationBatch, int, float> dot,
        delegate*<byte*, int, in ActivationBatch, int, float*, int, void> dotFour)
    {
        Dot = dot;
        DotFour = dotFour;
    }

    /// <summary>The instruction set that it computes with, for people who ask; null where that is not told.</summary>
    public SimdLevel? Simd { get; init; }

    /// <summary>The product with one token: row, blocks in the row, batch, token.</summary>
    public delegate*<byte*, int, in ActivationBatch, int, float> Dot { get; }

    /// <summary>The products with four tokens: row, blocks in the row, batch, first token, the first result, elements to the next.</summary>
    public delegate*<byte*, int, in ActivationBatch, int, float*, int, void> DotFour { get; }
}
