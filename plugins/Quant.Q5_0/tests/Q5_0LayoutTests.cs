namespace Tessera.Quant.Q5_0.Tests;

public sealed class Q5_0LayoutTests
{
    [Fact]
    public void The_fifth_bits_lie_in_the_order_of_the_columns_and_the_nibbles_do_not()
    {
        var random = new Random(1);
        for (int round = 0; round < 100; round++)
        {
            int[] quants = [.. Enumerable.Range(0, 32).Select(_ => random.Next(32))];
            var values = new float[32];

            new Q5_0Format().Dequantize(Pack(quants), values);

            Assert.Equal(quants.Select(q => 0.5f * (q - 16)), values);
        }
    }

    [Fact]
    public unsafe void Codes_of_16_columns_at_once_are_those_of_one_column_after_the_other()
    {
        for (int column = 0; column < 32; column++)
        {
            var quants = new int[32];
            quants[column] = 0x15;
            fixed (byte* block = Pack(quants))
            {
                for (int c = 0; c < 32; c++)
                {
                    Assert.Equal(quants[c], Q5_0Block.ReadCodes(block, c / 16)[c % 16]);
                }
            }
        }
    }

    private static byte[] Pack(int[] quants)
    {
        var block = new byte[22];
        BitConverter.GetBytes((Half)0.5f).CopyTo(block, 0);
        for (int c = 0; c < 32; c++)
        {
            block[2 + (c / 8)] |= (byte)(quants[c] >> 4 << (c % 8));
            block[6 + (c % 16)] |= (byte)((quants[c] & 0xF) << (c / 16 * 4));
        }

        return block;
    }
}
