using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Coded;

namespace Tessera.Quant.Q2K;

/// <summary>
/// A super-block as in the file: 256 weights in sixteen sub-blocks of 16, a 4-bit scale and a 4-bit minimum per sub-block.
/// <c>weight = d * scale * q - dmin * minimum</c>, q from 0 to 3.
/// </summary>
public readonly unsafe struct Q2KBlock : ICodedBlock
{
    /// <summary>Where the quants are: 32 bytes hold 128 columns, those of a group of 32 in two bits of each, from bit 0 on.</summary>
    internal const int CodesOffset = 16;

    public static int Elements => 256;

    public static int Bytes => 84;

    public static int CodeBits => 2;

    public static int Zero => 0;

    public static int Largest => 3;

    public static ScaleLayout Scales => ScaleLayout.NibblesPer16;

    public static int ScaleOffset => 80;

    public static int MinimumOffset => 82;

    public static int ReadValue(byte* block, int column) => (block[CodesOffset + (column / 128 * 32) + (column % 32)] >> (column % 128 / 32 * 2)) & 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ReadCodes(byte* block, int index) =>
        (Vector128.Load(block + CodesOffset + (index / 8 * 32) + (index % 2 * 16)) >> (index % 8 / 2 * 2)) & Vector128.Create((byte)3);

    /// <summary>At the start: a byte per sub-block, the scale in its low nibble.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadSubScale(byte* block, int index) => block[index] & 0xF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadSubMinimum(byte* block, int index) => block[index] >> 4;
}
