namespace Tessera.Quant.Q4_0.Tests;

public sealed class Q4_0LayoutTests
{
    private readonly Q4_0Format _format = new();

    [Fact]
    public void Low_nibbles_are_the_first_16_columns_and_high_ones_the_others()
    {
        byte[] block = [.. BitConverter.GetBytes((Half)0.5f), .. Enumerable.Repeat((byte)0x88, 16)];
        block[2 + 5] = 0xA3;
        var values = new float[32];

        _format.Dequantize(block, values);

        Assert.Equal(0.5f * (3 - 8), values[5]);
        Assert.Equal(0.5f * (10 - 8), values[16 + 5]);
        Assert.Equal(30, values.Count(value => value == 0));
    }

    [Fact]
    public unsafe void A_row_that_is_not_whole_blocks_is_refused_by_name()
    {
        var exception = Assert.Throws<TesseraException>(() => _format.Bind(
            new() { Name = "blk.0.attn_q.weight", Rows = 1, Columns = 48, RowBytes = 27, Data = null },
            new(Numerics.SimdLevel.Avx2)));

        Assert.Contains("blk.0.attn_q.weight", exception.Message, StringComparison.Ordinal);
    }
}
