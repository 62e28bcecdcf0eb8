using System.Runtime.CompilerServices;
using Tessera.Numerics;

namespace Tessera.Quant.Q5K;

/// <summary>
/// A super-block as in the file: 256 weights in eight sub-blocks of 32, a 6-bit scale and a 6-bit minimum per sub-block.
/// <c>weight = d * scale * q - dmin * minimum</c>, q from 0 to 31.
/// </summary>
internal static unsafe class Q5KBlock
{
    public const int Elements = 256;
    public const int Bytes = 176;
    public const int SubBlocks = 8;
    public const int SubBlockElements = 32;

    /// <summary>Where the eight scales and minimums are: 12 bytes.</summary>
    public const int ScalesOffset = 4;

    /// <summary>Where the fifth bits are: bit j of byte i belongs to weight i of sub-block j.</summary>
    public const int HighBitsOffset = 16;

    /// <summary>Where the nibbles are: 32 bytes hold 64 columns, the low nibbles the first 32 and the high nibbles the other 32.</summary>
    public const int QuantsOffset = 48;

    private const uint LowSix = 0x3F3F3F3F;
    private const uint LowFour = 0x0F0F0F0F;
    private const uint BitsFourAndFive = 0x30303030;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadScale(byte* block) => Binary16.ToSingle(*(ushort*)block);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadMinimum(byte* block) => Binary16.ToSingle(((ushort*)block)[1]);

    /// <summary>The eight 6-bit scales and minimums, a byte each, the first in the lowest byte.</summary>
    /// <remarks>
    /// Bytes 0-3: scales 0-3, above them the upper two bits of scales 4-7. Bytes 4-7: the same of the minimums.
    /// Bytes 8-11: the lower four bits of scales 4-7, above them those of minimums 4-7.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void UnpackScales(byte* block, out ulong scales, out ulong minimums)
    {
        uint* packed = (uint*)(block + ScalesOffset);
        uint scalesHigh = (packed[2] & LowFour) | ((packed[0] >> 2) & BitsFourAndFive);
        uint minimumsHigh = ((packed[2] >> 4) & LowFour) | ((packed[1] >> 2) & BitsFourAndFive);
        scales = (packed[0] & LowSix) | ((ulong)scalesHigh << 32);
        minimums = (packed[1] & LowSix) | ((ulong)minimumsHigh << 32);
    }

    /// <summary>A weight's integer, from 0 to 31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadQuant(byte* block, int sub, int index)
    {
        int low = block[QuantsOffset + (sub / 2 * SubBlockElements) + index] >> (sub % 2 * 4);
        int high = block[HighBitsOffset + index] >> sub;
        return (low & 0xF) | ((high & 1) << 4);
    }

    public static void Dequantize(byte* block, float* values)
    {
        float d = ReadScale(block);
        float dmin = ReadMinimum(block);
        UnpackScales(block, out ulong scales, out ulong minimums);
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            float scale = d * (byte)(scales >> (8 * sub));
            float minimum = dmin * (byte)(minimums >> (8 * sub));
            for (int i = 0; i < SubBlockElements; i++)
            {
                values[(sub * SubBlockElements) + i] = (scale * ReadQuant(block, sub, i)) - minimum;
            }
        }
    }
}
