namespace Quant.TQ2_0.Tests;

/// <summary>Where each weight of a block is, without golden data.</summary>
public class TQ2_0LayoutTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(31, 31, 0)]
    [InlineData(32, 0, 2)]
    [InlineData(127, 31, 6)]
    [InlineData(128, 32, 0)]
    [InlineData(255, 63, 6)]
    public void A_weight_has_two_bits_of_its_own(int weight, int at, int shift)
    {
        float[] values = Dequantize(at, (byte)(2 << shift));

        Assert.Equal(0.5f, values[weight]);
        Assert.All(values.Where((_, i) => i != weight), value => Assert.Equal(-0.5f, value));
    }

    [Theory]
    [InlineData(0, -0.5f)]
    [InlineData(1, 0f)]
    [InlineData(2, 0.5f)]
    [InlineData(3, 1f)]
    public void The_two_bits_count_from_minus_one(byte bits, float value) => Assert.Equal(value, Dequantize(0, bits)[0]);

    private static float[] Dequantize(int at, byte bits)
    {
        var block = new byte[66];
        block[at] = bits;
        BitConverter.TryWriteBytes(block.AsSpan(64), (Half)0.5f);
        var values = new float[256];
        new TQ2_0Format().Dequantize(block, values);
        return values;
    }
}
