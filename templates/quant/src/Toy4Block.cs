using Tessera.Numerics;

namespace Company.Plugin;

/// <summary>
/// A block as in the file: a binary16 scale, then 32 weights of 4 bits, two to a byte, the even column in the low bits. <c>weight = d * (q - 8)</c>.
/// </summary>
internal static unsafe class Toy4Block
{
    public const int Elements = 32;
    public const int Bytes = 18;
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

    /// <summary>The scale maps the largest magnitude to 7; q is the nearest integer.</summary>
    public static void Quantize(ReadOnlySpan<float> values, Span<byte> block)
    {
        float largest = 0;
        foreach (float value in values)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        Half d = (Half)(largest / 7);
        BitConverter.TryWriteBytes(block, d);
        for (int i = 0; i < Elements; i += 2)
        {
            block[QuantsOffset + (i / 2)] = (byte)(Nearest(values[i], (float)d) | (Nearest(values[i + 1], (float)d) << 4));
        }
    }

    private static int Nearest(float value, float d) => d == 0 ? Zero : Math.Clamp((int)MathF.Round(value / d) + Zero, 0, 15);
}
