using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Coded;

namespace Tessera.Quant.Q3K;

/// <summary>
/// A super-block as in the file: 256 weights in sixteen sub-blocks of 16, a 6-bit scale per sub-block.
/// <c>weight = d * (scale - 32) * (q - 4)</c>, q from 0 to 7.
/// </summary>
public readonly unsafe struct Q3KBlock : ICodedBlock
{
    /// <summary>What a scale stands above zero.</summary>
    internal const int ScaleZero = 32;

    /// <summary>
    /// Where the lower two bits are: 32 bytes hold 128 columns, those of a group of 32 in two bits of each, from bit 0 on. Before them, at the start, are 32
    /// bytes with the third bits: group g's in bit g.
    /// </summary>
    internal const int LowBitsOffset = 32;

    /// <summary>Where the scales are: eight bytes with the lower four bits, then four with the upper two.</summary>
    internal const int ScalesOffset = 96;

    public static int Elements => 256;

    public static int Bytes => 110;

    public static int CodeBits => 3;

    public static int Zero => 4;

    public static int Largest => 7;

    public static ScaleLayout Scales => ScaleLayout.BytePer16;

    public static int ScaleOffset => 108;

    public static int ReadValue(byte* block, int column)
    {
        int low = (block[LowBitsOffset + (column / 128 * 32) + (column % 32)] >> (column % 128 / 32 * 2)) & 3;
        int high = (block[column % 32] >> (column / 32)) & 1;
        return (low | (high << 2)) - Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ReadCodes(byte* block, int index)
    {
        int first = index % 2 * 16;
        Vector128<byte> low = Vector128.Load(block + LowBitsOffset + (index / 8 * 32) + first) >> (index % 8 / 2 * 2);
        Vector128<byte> high = Vector128.Load(block + first) >> (index / 2);
        return (low & Vector128.Create((byte)3)) | ((high & Vector128<byte>.One) << 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadSubScale(byte* block, int index)
    {
        int low = (block[ScalesOffset + (index % 8)] >> (index / 8 * 4)) & 0xF;
        int high = (block[ScalesOffset + 8 + (index % 4)] >> (index / 4 * 2)) & 3;
        return (low | (high << 4)) - ScaleZero;
    }
}
