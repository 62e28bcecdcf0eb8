namespace Tessera.Quant.Q3K.Tests;

public sealed class Q3KLayoutTests
{
    [Fact]
    public void Third_bits_of_all_groups_and_lower_bits_of_four_share_a_byte()
    {
        var random = new Random(1);
        for (int round = 0; round < 50; round++)
        {
            int[] quants = [.. Enumerable.Range(0, 256).Select(_ => random.Next(8))];

            float[] values = Dequantize(Pack(d: 0.5f, Enumerable.Repeat(35, 16).ToArray(), quants));

            Assert.Equal(quants.Select(q => 0.5f * 3 * (q - 4)), values);
        }
    }

    [Fact]
    public void Scales_of_six_bits_are_put_together_from_three_places_and_are_signed()
    {
        var random = new Random(2);
        for (int round = 0; round < 100; round++)
        {
            int[] scales = [.. Enumerable.Range(0, 16).Select(_ => random.Next(64))];

            float[] values = Dequantize(Pack(d: 0.5f, scales, Enumerable.Repeat(7, 256).ToArray()));

            Assert.Equal(Enumerable.Range(0, 256).Select(c => 0.5f * (scales[c / 16] - 32) * 3), values);
        }
    }

    /// <summary>Bit by bit from the README's drawing.</summary>
    private static byte[] Pack(float d, int[] scales, int[] quants)
    {
        var block = new byte[110];
        for (int c = 0; c < 256; c++)
        {
            block[c % 32] |= (byte)(quants[c] >> 2 << (c / 32));
            block[32 + (c / 128 * 32) + (c % 32)] |= (byte)((quants[c] & 3) << (c / 32 % 4 * 2));
        }

        for (int sub = 0; sub < 16; sub++)
        {
            block[96 + (sub % 8)] |= (byte)((scales[sub] & 0xF) << (sub / 8 * 4));
            block[104 + (sub % 4)] |= (byte)(scales[sub] >> 4 << (sub / 4 * 2));
        }

        BitConverter.GetBytes((Half)d).CopyTo(block, 108);
        return block;
    }

    private static float[] Dequantize(byte[] block)
    {
        var values = new float[256];
        new Q3KFormat().Dequantize(block, values);
        return values;
    }
}
