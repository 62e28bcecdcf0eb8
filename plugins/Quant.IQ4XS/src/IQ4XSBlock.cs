using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Coded;

namespace Tessera.Quant.IQ4XS;

/// <summary>
/// A super-block as in the file: 256 weights in eight sub-blocks of 32, a 6-bit scale per sub-block. <c>weight = d * (scale - 32) * value</c>, where a
/// table has a value for each code of four bits.
/// </summary>
public readonly unsafe struct IQ4XSBlock : ICodedBlock
{
    /// <summary>What a scale stands above zero.</summary>
    internal const int ScaleZero = 32;

    /// <summary>Where the upper two bits of the scales are: 16 bits, those of sub-block j from bit 2 j on.</summary>
    internal const int HighScalesOffset = 2;

    /// <summary>Where their lower four bits are: a nibble each, the even sub-block's lower.</summary>
    internal const int LowScalesOffset = 4;

    /// <summary>Where the nibbles are: 16 bytes per sub-block, the low nibbles its first 16 columns and the high nibbles the others.</summary>
    internal const int CodesOffset = 8;

    public static int Elements => 256;

    public static int Bytes => 136;

    public static int CodeBits => 4;

    public static int Zero => 128;

    public static int Largest => 241;

    public static bool HasTable => true;

    public static Vector128<byte> Table
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((sbyte)-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113).AsByte() + Vector128.Create((byte)Zero);
    }

    public static ScaleLayout Scales => ScaleLayout.BytePer32;

    public static int ScaleOffset => 0;

    public static int ReadValue(byte* block, int column) =>
        Table[(block[CodesOffset + (column / 32 * 16) + (column % 16)] >> (column % 32 / 16 * 4)) & 0xF] - Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ReadCodes(byte* block, int index)
    {
        Vector128<byte> packed = Vector128.Load(block + CodesOffset + (index / 2 * 16));
        return index % 2 == 0 ? packed & Vector128.Create((byte)0xF) : packed >> 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadSubScale(byte* block, int index)
    {
        int low = (block[LowScalesOffset + (index / 2)] >> (index % 2 * 4)) & 0xF;
        int high = (block[HighScalesOffset + (index / 4)] >> (index % 4 * 2)) & 3;
        return (low | (high << 4)) - ScaleZero;
    }
}
