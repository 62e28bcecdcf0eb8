using System.Runtime.CompilerServices;
using Tessera.Numerics;

namespace Tessera.Quant.Q6K;

/// <summary>
/// A super-block as in the file: 256 weights in sixteen sub-blocks of 16, a signed 8-bit scale per sub-block.
/// <c>weight = d * scale * (q - 32)</c>, q from 0 to 63. Each half, 128 columns, has four quarters of 32 columns whose bits are interleaved.
/// </summary>
internal static unsafe class Q6KBlock
{
    public const int Elements = 256;
    public const int Bytes = 210;
    public const int SubBlocks = 16;
    public const int SubBlockElements = 16;

    /// <summary>What q stands above zero.</summary>
    public const int Zero = 32;

    /// <summary>Where the lower four bits are, at the start: 64 bytes per half; two of 32 hold quarters 0 and 1, above them 2 and 3.</summary>
    public const int LowBytesPerHalf = 64;

    /// <summary>Where the upper two bits are: 32 bytes per half, from bit 0 on those of quarters 0, 1, 2, 3.</summary>
    public const int HighBitsOffset = 128;
    public const int HighBytesPerHalf = 32;

    /// <summary>Where the sixteen scales are.</summary>
    public const int ScalesOffset = 192;

    /// <summary>Where the half-precision d is.</summary>
    public const int ScaleOffset = 208;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadScale(byte* block) => Binary16.ToSingle(*(ushort*)(block + ScaleOffset));

    /// <summary>A weight's integer, from -32 to 31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadQuant(byte* block, int column)
    {
        int half = column >> 7;
        int quarter = (column >> 5) & 3;
        int index = column & 31;
        int low = block[(half * LowBytesPerHalf) + (quarter % 2 * 32) + index] >> (quarter / 2 * 4);
        int high = block[HighBitsOffset + (half * HighBytesPerHalf) + index] >> (quarter * 2);
        return ((low & 0xF) | ((high & 3) << 4)) - Zero;
    }

    public static void Dequantize(byte* block, float* values)
    {
        float d = ReadScale(block);
        sbyte* scales = (sbyte*)block + ScalesOffset;
        for (int column = 0; column < Elements; column++)
        {
            values[column] = d * scales[column / SubBlockElements] * ReadQuant(block, column);
        }
    }
}
