using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Coded;

namespace Tessera.Quant.Q5_0;

/// <summary>A block as in the file: 32 weights, <c>weight = d * (q - 16)</c>, q from 0 to 31.</summary>
public readonly unsafe struct Q5_0Block : ICodedBlock
{
    /// <summary>Where the fifth bits are: 32 of them, column c's in bit c.</summary>
    internal const int HighBitsOffset = 2;

    /// <summary>Where the nibbles are: 16 bytes, the low nibbles the first 16 columns and the high nibbles the others.</summary>
    internal const int CodesOffset = 6;

    public static int Elements => 32;

    public static int Bytes => 22;

    public static int CodeBits => 5;

    public static int Zero => 16;

    public static int Largest => 31;

    public static ScaleLayout Scales => ScaleLayout.Half;

    public static int ScaleOffset => 0;

    public static int ReadValue(byte* block, int column)
    {
        int low = (block[CodesOffset + (column % 16)] >> (column / 16 * 4)) & 0xF;
        int high = (block[HighBitsOffset + (column / 8)] >> (column % 8)) & 1;
        return (low | (high << 4)) - Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ReadCodes(byte* block, int index)
    {
        Vector128<byte> packed = Vector128.Load(block + CodesOffset);
        Vector128<byte> low = index == 0 ? packed & Vector128.Create((byte)0xF) : packed >> 4;

        // Each byte of the vector takes the byte that has its bit, and of that the bit.
        Vector128<byte> bits = Vector128.Create(Unsafe.ReadUnaligned<ushort>(block + HighBitsOffset + (2 * index))).AsByte();
        bits = Vector128.ShuffleNative(bits, Vector128.Create(0UL, 0x0101_0101_0101_0101).AsByte());
        Vector128<byte> bit = Vector128.Create(0x8040_2010_0804_0201).AsByte();
        return low | (Vector128.Equals(bits & bit, bit) & Vector128.Create((byte)0x10));
    }
}
