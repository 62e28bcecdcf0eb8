using Tessera.Conformance.Quantization;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Q8_0.Tests;

public sealed unsafe class Q8_0MatrixTests
{
    private static readonly Q8_0Format Format = new();

    [Fact]
    public void A_block_is_its_scale_times_its_signed_bytes()
    {
        var values = new float[32];

        Format.Dequantize(Block(scale: 0.5f, c => (sbyte)(c - 16)), values);

        Assert.Equal(Enumerable.Range(-16, 32).Select(q => 0.5f * q), values);
    }

    [Theory, SimdLevels]
    public void The_lowest_weight_times_the_largest_activation_is_exact(SimdLevel level)
    {
        SimdSupport.Require(level);
        foreach (sbyte activation in (sbyte[])[-127, 127])
        {
            byte[] row = [.. Block(1, _ => -128), .. Block(1, _ => -128), .. Block(1, _ => -128)];
            using var matrix = new TestMatrix(Format, row, 1, 96);
            using TestActivations x = TestActivations.FromQuants(Enumerable.Repeat(activation, 4 * 96).ToArray(), Enumerable.Repeat(1f, 4 * 3).ToArray(), 4);

            Assert.Equal(Enumerable.Repeat(-128f * 96 * activation, 4), Multiply(matrix, x.Batch, level));
            Assert.Equal([-128f * 96 * activation], Multiply(matrix, x.Tokens(0, 1), level));
        }
    }

    [Theory, SimdLevels]
    public void What_stands_after_the_last_column_does_not_matter(SimdLevel level)
    {
        SimdSupport.Require(level);
        using var matrix = new TestMatrix(Format, Block(1, _ => 1), 1, 32);
        using TestActivations x = TestActivations.FromQuants(Enumerable.Repeat((sbyte)1, 4 * 32).ToArray(), Enumerable.Repeat(1f, 4).ToArray(), 4);
        for (int token = 0; token < 4; token++)
        {
            new Span<sbyte>(x.Batch.QuantsOf(token) + 32, 32).Fill(-128);
            x.Batch.ScalesOf(token)[1] = float.NaN;
        }

        Assert.Equal([32f, 32f, 32f, 32f], Multiply(matrix, x.Batch, level));
        Assert.Equal([32f], Multiply(matrix, x.Tokens(0, 1), level));
    }

    [Fact]
    public void Rows_that_are_no_whole_blocks_are_refused_by_name()
    {
        var source = new WeightSource { Name = "blk.0.attn_q.weight", Rows = 1, Columns = 40, Data = null, RowBytes = 34 };

        var error = Assert.Throws<TesseraException>(() => Format.Bind(source, new KernelOptions(SimdLevel.Scalar)));

        Assert.Contains("blk.0.attn_q.weight", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Block(float scale, Func<int, sbyte> quant) =>
        [.. BitConverter.GetBytes((Half)scale), .. Enumerable.Range(0, 32).Select(c => (byte)quant(c))];

    private static float[] Multiply(TestMatrix matrix, in ActivationBatch x, SimdLevel level)
    {
        using IWeightMatrix bound = matrix.Bind(level);
        var y = new float[x.Tokens];
        fixed (float* values = y)
        {
            bound.Multiply(x, new OutputTile { Values = values, Stride = 1, FirstRow = 0, RowCount = 1 });
        }

        return y;
    }
}
