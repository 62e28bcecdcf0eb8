using Tessera.Numerics;

namespace Quant.TQ2_0;

/// <summary>
/// A block as in the file: 256 weights of 2 bits in 64 bytes, then a binary16 scale. <c>weight = d * (q - 1)</c>, q from 0 to 3, of which a quantizer writes 0
/// to 2.
/// </summary>
internal static unsafe class TQ2_0Block
{
    public const int Elements = 256;
    public const int Bytes = 66;

    /// <summary>32 bytes hold 128 columns: bits 0 and 1 of each byte the first 32, bits 6 and 7 the last.</summary>
    public const int GroupBytes = 32;

    /// <summary>Columns that share a scale of the activations, and a position of the bits.</summary>
    public const int SubBlockElements = 32;

    public const int SubBlocksPerGroup = 4;

    private const int ScaleOffset = 64;

    public static float ReadScale(byte* block) => Binary16.ToSingle(*(ushort*)(block + ScaleOffset));

    public static void Dequantize(byte* block, float* values)
    {
        float d = ReadScale(block);
        for (byte* group = block; group < block + ScaleOffset; group += GroupBytes)
        {
            for (int sub = 0; sub < SubBlocksPerGroup; sub++)
            {
                for (int i = 0; i < SubBlockElements; i++)
                {
                    *values++ = (((group[i] >> (2 * sub)) & 3) - 1) * d;
                }
            }
        }
    }

    /// <summary>The scale is the largest magnitude, so that weights become -1, 0 or 1; halves are rounded away from zero.</summary>
    public static void Quantize(ReadOnlySpan<float> values, Span<byte> block)
    {
        float d = 0;
        foreach (float value in values)
        {
            d = MathF.Max(d, MathF.Abs(value));
        }

        // The inverse of the smallest scales is infinite; they are 0 as halves, and so are their weights.
        float inverse = float.IsFinite(1 / d) ? 1 / d : 0;
        block.Clear();
        BitConverter.TryWriteBytes(block[ScaleOffset..], (Half)d);
        for (int column = 0; column < Elements; column++)
        {
            int group = column / (GroupBytes * SubBlocksPerGroup);
            int q = (int)MathF.Round(values[column] * inverse, MidpointRounding.AwayFromZero) + 1;
            block[(group * GroupBytes) + (column % SubBlockElements)] |= (byte)(q << (column / SubBlockElements % SubBlocksPerGroup * 2));
        }
    }
}
