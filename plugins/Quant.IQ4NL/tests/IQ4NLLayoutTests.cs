namespace Tessera.Quant.IQ4NL.Tests;

public sealed class IQ4NLLayoutTests
{
    [Fact]
    public void A_nibble_is_an_index_into_the_table_low_ones_for_the_first_16_columns()
    {
        int[] table = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
        byte[] block = [.. BitConverter.GetBytes((Half)0.5f), .. Enumerable.Range(0, 16).Select(i => (byte)(i | ((15 - i) << 4)))];
        var values = new float[32];

        new IQ4NLFormat().Dequantize(block, values);

        Assert.Equal([.. table.Select(value => 0.5f * value), .. table.Reverse().Select(value => 0.5f * value)], values);
    }
}
