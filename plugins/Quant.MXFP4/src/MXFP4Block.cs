using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Coded;

namespace Tessera.Quant.MXFP4;

/// <summary>
/// A block as in the file: 32 weights, <c>weight = 2^(e - 128) * value</c>. A code is a number of four bits (E2M1: sign, two bits of exponent, one of
/// significand); its value is twice that number, an integer.
/// </summary>
public readonly unsafe struct MXFP4Block : ICodedBlock
{
    /// <summary>Where the nibbles are: 16 bytes, the low nibbles the first 16 columns and the high nibbles the others.</summary>
    internal const int CodesOffset = 1;

    public static int Elements => 32;

    public static int Bytes => 17;

    public static int CodeBits => 4;

    public static int Zero => 12;

    public static int Largest => 24;

    public static bool HasTable => true;

    public static Vector128<byte> Table
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((sbyte)0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12).AsByte() + Vector128.Create((byte)Zero);
    }

    public static ScaleLayout Scales => ScaleLayout.Exponent;

    public static int ScaleOffset => 0;

    public static int ReadValue(byte* block, int column) => Table[(block[CodesOffset + (column % 16)] >> (column / 16 * 4)) & 0xF] - Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ReadCodes(byte* block, int index)
    {
        Vector128<byte> packed = Vector128.Load(block + CodesOffset);
        return index == 0 ? packed & Vector128.Create((byte)0xF) : packed >> 4;
    }
}
