using Tessera.Quantization;

namespace Tessera.Conformance.Quantization;

/// <summary>Makes blocks of any format without knowing its layout: only <see cref="IQuantFormat.Dequantize"/> is asked what they mean.</summary>
public static class TestBlocks
{
    private const float Largest = 1e6f;

    /// <summary>Random bit patterns whose weights are all finite and not huge.</summary>
    public static byte[] Random(IQuantFormat format, int count, int seed)
    {
        var random = new Random(seed);
        var blocks = new byte[count * format.Block.Bytes];
        for (int i = 0; i < count; i++)
        {
            Span<byte> block = blocks.AsSpan(i * format.Block.Bytes, format.Block.Bytes);
            do
            {
                random.NextBytes(block);
            }
            while (!IsModerate(format, block));
        }

        return blocks;
    }

    /// <summary>
    /// Blocks whose bytes are pushed to the ends of what signed and unsigned fields hold, each as far as the weights stay finite:
    /// first blocks of one pattern throughout, then blocks where each byte takes one of the patterns by chance.
    /// </summary>
    public static byte[] Extreme(IQuantFormat format, int count, int seed)
    {
        ReadOnlySpan<byte> patterns = [0xFF, 0x7F, 0x80, 0x00, 0x0F, 0xF0];
        var random = new Random(seed);
        byte[] blocks = Random(format, count, seed);
        for (int i = 0; i < count; i++)
        {
            Span<byte> block = blocks.AsSpan(i * format.Block.Bytes, format.Block.Bytes);
            for (int b = 0; b < block.Length; b++)
            {
                byte before = block[b];
                block[b] = patterns[i < patterns.Length ? i : random.Next(patterns.Length)];
                if (!IsModerate(format, block))
                {
                    block[b] = before;
                }
            }
        }

        return blocks;
    }

    /// <summary>A block whose weights are all NaN or infinite, or null where chance finds none: the format may have no such bit pattern.</summary>
    public static byte[]? NotFinite(IQuantFormat format, int seed)
    {
        const int Attempts = 4096;
        var random = new Random(seed);
        var block = new byte[format.Block.Bytes];
        var values = new float[format.Block.Elements];
        for (int i = 0; i < Attempts; i++)
        {
            random.NextBytes(block);
            format.Dequantize(block, values);
            if (!Array.Exists(values, float.IsFinite))
            {
                return block;
            }
        }

        return null;
    }

    private static bool IsModerate(IQuantFormat format, ReadOnlySpan<byte> block)
    {
        Span<float> values = stackalloc float[format.Block.Elements];
        format.Dequantize(block, values);
        foreach (float value in values)
        {
            if (!(Math.Abs(value) <= Largest))
            {
                return false;
            }
        }

        return true;
    }
}
