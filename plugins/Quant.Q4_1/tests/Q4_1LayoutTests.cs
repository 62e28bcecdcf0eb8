namespace Tessera.Quant.Q4_1.Tests;

public sealed class Q4_1LayoutTests
{
    [Fact]
    public void The_minimum_follows_the_scale_and_is_added_whatever_its_sign()
    {
        foreach (float minimum in (float[])[-3.25f, 0.75f])
        {
            byte[] block = [.. BitConverter.GetBytes((Half)0.5f), .. BitConverter.GetBytes((Half)minimum), .. new byte[16]];
            block[4 + 5] = 0xA3;
            var values = new float[32];

            new Q4_1Format().Dequantize(block, values);

            Assert.Equal((0.5f * 3) + minimum, values[5]);
            Assert.Equal((0.5f * 10) + minimum, values[16 + 5]);
            Assert.Equal(30, values.Count(value => value == minimum));
        }
    }
}
