using System.Runtime.InteropServices;

namespace Tessera.Quant.Q8_0;

/// <summary>
/// A few blocks of a <see cref="Q8_0Panel"/> and the same columns of the tokens, widened to 16 bits, small enough for the first-level cache. Bytes that
/// alternate in a 32-bit lane are two vectors then: columns 0 and 2 of its four, and columns 1 and 3.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UnpackedBlocks
{
    public const int Blocks = 4;
    public const int MaxTokens = 32;

    /// <summary>Where the memory must start: at a cache line.</summary>
    public const int Alignment = 64;

    /// <summary>Sixteen steps of two columns, 64 bytes each, in a block.</summary>
    public const int BlockWords = Q8_0Panel.Rows * Q8_0Block.Elements;

    /// <summary>16-bit words of a token's block: sixteen of even columns, sixteen of odd ones.</summary>
    public const int TokenBlockWords = Q8_0Block.Elements;

    public const int TokenWords = Blocks * TokenBlockWords;

    /// <summary><c>[block][step of four columns][even or odd][row][2]</c>.</summary>
    public fixed short Weights[Blocks * BlockWords];

    /// <summary><c>[token][block][even or odd][step of four columns][2]</c>.</summary>
    public fixed short Columns[MaxTokens * TokenWords];

    /// <summary>d: <c>[block][row]</c>.</summary>
    public fixed float Scales[Blocks * Q8_0Panel.Rows];
}
