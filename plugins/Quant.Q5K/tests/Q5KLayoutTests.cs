using Tessera.Conformance.Quantization;
using Tessera.Numerics;

namespace Tessera.Quant.Q5K.Tests;

public sealed class Q5KLayoutTests
{
    private readonly Q5KFormat _format = new();

    [Fact]
    public void Low_nibbles_are_the_first_32_of_64_columns_and_high_ones_the_rest()
    {
        byte[] block = Pack(d: 1, dmin: 0, Repeat(1), Repeat(0));
        block[48 + (2 * 32) + 5] = 0xA3; // the third 32 bytes: columns 128 to 191

        float[] values = Dequantize(block);

        Assert.Equal(3f, values[128 + 5]);
        Assert.Equal(10f, values[128 + 32 + 5]);
        Assert.Equal(13f, values.Sum());
    }

    [Fact]
    public void Bit_j_of_a_high_byte_is_the_fifth_bit_of_sub_block_j()
    {
        for (int sub = 0; sub < 8; sub++)
        {
            byte[] block = Pack(d: 1, dmin: 0, Repeat(1), Repeat(0));
            block[16 + 9] = (byte)(1 << sub);

            float[] values = Dequantize(block);

            Assert.Equal(16f, values[(32 * sub) + 9]);
            Assert.Equal(16f, values.Sum());
        }
    }

    [Fact]
    public void Scales_and_minimums_of_six_bits_belong_to_their_sub_blocks()
    {
        var random = new Random(1);
        for (int round = 0; round < 200; round++)
        {
            int[] scales = [.. Repeat(0).Select(_ => random.Next(64))];
            int[] minimums = [.. Repeat(0).Select(_ => random.Next(64))];
            byte[] block = Pack(d: 0.5f, dmin: 0.25f, scales, minimums);
            block.AsSpan(48).Fill(0x77);

            float[] values = Dequantize(block);

            for (int c = 0; c < values.Length; c++)
            {
                Assert.Equal((0.5f * scales[c / 32] * 7) - (0.25f * minimums[c / 32]), values[c]);
            }
        }
    }

    [Theory, SimdLevels]
    public void The_largest_products_are_exact(SimdLevel level, Binding binding)
    {
        const int Blocks = 4;
        byte[] block = Pack(d: 1, dmin: 0, Repeat(63), Repeat(63));
        block.AsSpan(16).Fill(0xFF);
        using var matrix = new TestMatrix(_format, Enumerable.Repeat(block, Blocks).SelectMany(b => b).ToArray(), 1, Blocks * 256);
        var quants = new sbyte[Blocks * 256];
        Array.Fill(quants, (sbyte)-127);
        var scales = new float[Blocks * 8];
        Array.Fill(scales, 1f);
        using var x = TestActivations.FromQuants(quants, scales, 1);
        using var bound = matrix.Bind(level, binding);

        Assert.Equal(-127f * 31 * 63 * 256 * Blocks, MultiplyOne(bound, x));
    }

    [Fact]
    public unsafe void A_row_that_is_not_whole_blocks_is_refused_by_name()
    {
        var exception = Assert.Throws<TesseraException>(() => _format.Bind(
            new() { Name = "blk.0.attn_q.weight", Rows = 1, Columns = 288, RowBytes = 198, Data = null },
            new(SimdLevel.Scalar)));

        Assert.Contains("blk.0.attn_q.weight", exception.Message, StringComparison.Ordinal);
        Assert.Contains("288", exception.Message, StringComparison.Ordinal);
    }

    private static int[] Repeat(int value) => [.. Enumerable.Repeat(value, 8)];

    /// <summary>Bit by bit from the definition: the four low bits and the two high bits of each number go where the format has them.</summary>
    private static byte[] Pack(float d, float dmin, int[] scales, int[] minimums)
    {
        var block = new byte[176];
        BitConverter.GetBytes((Half)d).CopyTo(block, 0);
        BitConverter.GetBytes((Half)dmin).CopyTo(block, 2);
        for (int i = 0; i < 4; i++)
        {
            block[4 + i] = (byte)(scales[i] | (scales[i + 4] >> 4 << 6));
            block[8 + i] = (byte)(minimums[i] | (minimums[i + 4] >> 4 << 6));
            block[12 + i] = (byte)((scales[i + 4] & 0xF) | ((minimums[i + 4] & 0xF) << 4));
        }

        return block;
    }

    private float[] Dequantize(byte[] block)
    {
        var values = new float[256];
        _format.Dequantize(block, values);
        return values;
    }

    private static unsafe float MultiplyOne(Quantization.IWeightMatrix matrix, TestActivations x)
    {
        float y;
        matrix.Multiply(x.Batch, new() { Values = &y, Stride = 1, FirstRow = 0, RowCount = 1 });
        return y;
    }
}
