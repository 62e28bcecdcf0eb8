using Tessera.Conformance.Quantization;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.MXFP4.Tests;

public sealed unsafe class MXFP4LayoutTests
{
    private static readonly MXFP4Format Format = new();

    [Fact]
    public void A_code_is_a_number_of_four_bits_and_both_zeros_are_positive()
    {
        float[] positive = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6];
        byte[] block = [128, .. Enumerable.Range(0, 16).Select(code => (byte)(code | ((code ^ 8) << 4)))];
        var values = new float[32];

        Format.Dequantize(block, values);

        float[] expected = [.. positive, .. positive.Select(value => 0 - value)];
        Assert.Equal([.. expected.Select(value => 2 * value), .. expected[8..].Select(value => 2 * value), .. positive.Select(value => 2 * value)], values);
        Assert.DoesNotContain(values, value => value == 0 && float.IsNegative(value));
    }

    [Theory]
    [InlineData(0, -128)]
    [InlineData(1, -127)]
    [InlineData(2, -126)]
    [InlineData(3, -125)]
    [InlineData(128, 0)]
    [InlineData(254, 126)]
    public void The_scale_is_a_power_of_two_down_to_the_subnormal_ones(byte e, int power)
    {
        var values = new float[32];

        Format.Dequantize([e, .. Enumerable.Repeat((byte)0x11, 16)], values);

        Assert.All(values, value => Assert.Equal((float)Math.Pow(2, power), value));
    }

    [Theory, SimdLevels]
    public void Every_exponent_is_the_same_in_products(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        byte[] blocks = [.. Enumerable.Range(0, 248).SelectMany(e => (byte[])[(byte)e, .. Enumerable.Repeat((byte)0x11, 16)])];
        using var matrix = new TestMatrix(Format, blocks, rows: 248, columns: 32);
        using TestActivations x = TestActivations.FromQuants(Enumerable.Repeat((sbyte)1, 32).ToArray(), [1f], 1);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        var y = new float[248];

        fixed (float* values = y)
        {
            bound.Multiply(x.Batch, new OutputTile { Values = values, Stride = 248, FirstRow = 0, RowCount = 248 });
        }

        Assert.Equal(Enumerable.Range(0, 248).Select(e => (float)(32 * Math.Pow(2, e - 128))), y);
    }
}
