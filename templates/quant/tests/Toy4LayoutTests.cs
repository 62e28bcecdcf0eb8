namespace Company.Plugin.Tests;

/// <summary>What a block means, by hand. The suite takes <c>Dequantize</c> for the definition; only this says whether it is the right one.</summary>
public class Toy4LayoutTests
{
    [Fact]
    public void Even_columns_are_in_the_low_bits_and_odd_ones_in_the_high()
    {
        var block = new byte[18];
        BitConverter.TryWriteBytes(block, (Half)0.5f);
        block[2] = 0xF1;
        block[17] = 0x08;
        var values = new float[32];

        new Toy4Format().Dequantize(block, values);

        Assert.Equal([-3.5f, 3.5f], values[..2]);
        Assert.Equal([0f, -4f], values[30..]);
    }

    [Fact]
    public void What_is_quantized_comes_back_within_half_a_step()
    {
        float[] values = [.. Enumerable.Range(0, 64).Select(i => MathF.Sin(i))];
        var blocks = new byte[36];
        var back = new float[64];

        new Toy4Format().Quantize(values, [], blocks);
        new Toy4Format().Dequantize(blocks, back);

        Assert.InRange(values.Zip(back, (value, again) => MathF.Abs(value - again)).Max(), 0, 0.5f / 7 * 1.01f);
    }
}
