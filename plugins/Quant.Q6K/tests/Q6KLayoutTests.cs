using Tessera.Conformance.Quantization;
using Tessera.Numerics;

namespace Tessera.Quant.Q6K.Tests;

public sealed class Q6KLayoutTests
{
    private readonly Q6KFormat _format = new();

    [Fact]
    public void Every_column_has_its_own_six_bits()
    {
        var random = new Random(1);
        for (int round = 0; round < 100; round++)
        {
            int[] quants = [.. Enumerable.Range(0, 256).Select(_ => random.Next(64))];

            float[] values = Dequantize(Pack(d: 1, Enumerable.Repeat(1, 16).ToArray(), quants));

            Assert.Equal(quants.Select(q => q - 32f), values);
        }
    }

    [Fact]
    public void Signed_scales_belong_to_sixteen_columns_each()
    {
        int[] scales = [-128, 127, -1, 0, 1, 2, 3, 5, 7, 11, -13, 17, -19, 23, 29, 31];

        float[] values = Dequantize(Pack(d: 0.25f, scales, Enumerable.Repeat(35, 256).ToArray()));

        for (int c = 0; c < values.Length; c++)
        {
            Assert.Equal(0.25f * scales[c / 16] * 3, values[c]);
        }
    }

    [Theory, SimdLevels]
    public void The_largest_products_are_exact(SimdLevel level)
    {
        foreach (int quant in (int[])[0, 63])
        {
            foreach (int scale in (int[])[-128, 127])
            {
                byte[] block = Pack(d: 1, Enumerable.Repeat(scale, 16).ToArray(), Enumerable.Repeat(quant, 256).ToArray());
                using var matrix = new TestMatrix(_format, block, 1, 256);
                using var x = TestActivations.FromQuants(Enumerable.Repeat((sbyte)-127, 256).ToArray(), Enumerable.Repeat(1f, 8).ToArray(), 1);
                using var bound = matrix.Bind(level);

                Assert.Equal(-127f * (quant - 32) * scale * 256, MultiplyOne(bound, x));
            }
        }
    }

    [Fact]
    public unsafe void A_row_that_is_not_whole_blocks_is_refused_by_name()
    {
        var exception = Assert.Throws<TesseraException>(() => _format.Bind(
            new() { Name = "output.weight", Rows = 1, Columns = 384, RowBytes = 315, Data = null },
            new(SimdLevel.Scalar)));

        Assert.Contains("output.weight", exception.Message, StringComparison.Ordinal);
        Assert.Contains("384", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>From the definition's four lines per half, one for each quarter.</summary>
    private static byte[] Pack(float d, int[] scales, int[] quants)
    {
        var block = new byte[210];
        for (int half = 0; half < 2; half++)
        {
            for (int i = 0; i < 32; i++)
            {
                int first = (128 * half) + i;
                (int q0, int q1, int q2, int q3) = (quants[first], quants[first + 32], quants[first + 64], quants[first + 96]);
                block[(64 * half) + i] = (byte)((q0 & 15) | ((q2 & 15) << 4));
                block[(64 * half) + 32 + i] = (byte)((q1 & 15) | ((q3 & 15) << 4));
                block[128 + (32 * half) + i] = (byte)((q0 >> 4) | (q1 >> 4 << 2) | (q2 >> 4 << 4) | (q3 >> 4 << 6));
            }
        }

        for (int i = 0; i < 16; i++)
        {
            block[192 + i] = unchecked((byte)scales[i]);
        }

        BitConverter.GetBytes((Half)d).CopyTo(block, 208);
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
