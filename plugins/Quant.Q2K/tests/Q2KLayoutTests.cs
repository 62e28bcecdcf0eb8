namespace Tessera.Quant.Q2K.Tests;

public sealed class Q2KLayoutTests
{
    private readonly Q2KFormat _format = new();

    [Fact]
    public void A_byte_has_a_column_of_each_of_four_groups_of_32()
    {
        byte[] block = Block(d: 1, dmin: 0, scaleAndMinimum: _ => 1);
        block[16 + 32 + 5] = 0b11_10_01_00; // the second 32 bytes: columns 128 to 255

        float[] values = Dequantize(block);

        Assert.Equal([0f, 1f, 2f, 3f], [values[128 + 5], values[160 + 5], values[192 + 5], values[224 + 5]]);
        Assert.Equal(6f, values.Sum());
    }

    [Fact]
    public void A_sub_block_of_16_has_its_scale_in_the_low_nibble_and_its_minimum_in_the_high_one()
    {
        byte[] block = Block(d: 0.5f, dmin: 0.25f, scaleAndMinimum: sub => (byte)(sub | ((15 - sub) << 4)));
        block.AsSpan(16, 64).Fill(0b10_10_10_10);

        float[] values = Dequantize(block);

        Assert.Equal(Enumerable.Range(0, 256).Select(c => (0.5f * (c / 16) * 2) - (0.25f * (15 - (c / 16)))), values);
    }

    private static byte[] Block(float d, float dmin, Func<int, byte> scaleAndMinimum) =>
        [.. Enumerable.Range(0, 16).Select(scaleAndMinimum), .. new byte[64], .. BitConverter.GetBytes((Half)d), .. BitConverter.GetBytes((Half)dmin)];

    private float[] Dequantize(byte[] block)
    {
        var values = new float[256];
        _format.Dequantize(block, values);
        return values;
    }
}
