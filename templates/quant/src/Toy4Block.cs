using Tessera.Numerics;

namespace Company_Plugin;

/// <summary>
/// A block as in the file: a binary16 scale, then weights of 4 bits, two to a byte, the even column in the low bits. <c>weight = d * (q - 8)</c>.
/// </summary>
internal static unsafe class Toy4Block
{
    public const int Elements = BLOCK_WEIGHTS;
    public const int Bytes = QuantsOffset + (Elements / 2);
    public const int QuantsOffset = 2;
    public const int Zero = 8;

    public static float ReadScale(byte* block) => Binary16.ToSingle(*(ushort*)block);

    public static void Dequantize(byte* block, float* values)
    {
        float d = ReadScale(block);
        for (int i = 0; i < Elements; i += 2)
        {
            int pair = block[QuantsOffset + (i / 2)];
            values[i] = ((pair & 0xF) - Zero) * d;
            values[i + 1] = ((pair >> 4) - Zero) * d;
        }
    }
}
