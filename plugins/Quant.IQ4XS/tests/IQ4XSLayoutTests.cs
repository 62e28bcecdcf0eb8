namespace Tessera.Quant.IQ4XS.Tests;

public sealed class IQ4XSLayoutTests
{
    [Fact]
    public void Scales_of_six_bits_are_put_together_from_two_places_and_are_signed()
    {
        var random = new Random(1);
        for (int round = 0; round < 100; round++)
        {
            int[] scales = [.. Enumerable.Range(0, 8).Select(_ => random.Next(64))];
            byte[] block = Block(d: 0.5f, scales);
            block.AsSpan(8).Fill(0xAA);

            float[] values = Dequantize(block);

            Assert.Equal(Enumerable.Range(0, 256).Select(c => 0.5f * (scales[c / 32] - 32) * 25), values);
        }
    }

    [Fact]
    public void A_sub_block_of_32_has_16_bytes_low_nibbles_for_its_first_half()
    {
        byte[] block = Block(d: 1, [.. Enumerable.Repeat(33, 8)]);
        block.AsSpan(8).Fill(0x88);
        block[8 + (3 * 16) + 5] = 0xF0;

        float[] values = Dequantize(block);

        Assert.Equal(-127f, values[96 + 5]);
        Assert.Equal(113f, values[112 + 5]);
        Assert.Equal(254, values.Count(value => value == 1));
    }

    /// <summary>Bit by bit from the README's drawing.</summary>
    private static byte[] Block(float d, int[] scales)
    {
        var block = new byte[136];
        BitConverter.GetBytes((Half)d).CopyTo(block, 0);
        for (int sub = 0; sub < 8; sub++)
        {
            block[2 + (sub / 4)] |= (byte)(scales[sub] >> 4 << (sub % 4 * 2));
            block[4 + (sub / 2)] |= (byte)((scales[sub] & 0xF) << (sub % 2 * 4));
        }

        return block;
    }

    private static float[] Dequantize(byte[] block)
    {
        var values = new float[256];
        new IQ4XSFormat().Dequantize(block, values);
        return values;
    }
}
