using Tessera.Gguf;

namespace Company_Plugin.Tests;

/// <summary>What a block means, by hand. The suite takes <c>Dequantize</c> for the definition; only this says whether it is the right one.</summary>
public class Toy4LayoutTests
{
    private static readonly Toy4Format s_format = new();

    [Fact]
    public void Even_columns_are_in_the_low_bits_and_odd_ones_in_the_high()
    {
        var block = new byte[s_format.Block.Bytes];
        BitConverter.TryWriteBytes(block, (Half)0.5f);
        block[2] = 0xF1;
        block[^1] = 0x08;
        var values = new float[s_format.Block.Elements];

        s_format.Dequantize(block, values);

        Assert.Equal([-3.5f, 3.5f], values[..2]);
        Assert.Equal([0f, -4f], values[^2..]);
    }

    [Fact]
    public void What_is_quantized_comes_back_within_half_a_step()
    {
        float[] values = [.. Enumerable.Range(0, 2 * s_format.Block.Elements).Select(i => MathF.Sin(i))];
        var blocks = new byte[2 * s_format.Block.Bytes];
        var back = new float[values.Length];

        s_format.Quantize(values, [], blocks);
        s_format.Dequantize(blocks, back);

        Assert.InRange(values.Zip(back, (value, again) => MathF.Abs(value - again)).Max(), 0, 0.5f / 7 * 1.01f);
    }

    [Fact]
    public void The_number_and_the_name_are_nobody_elses()
    {
        string? named = Enum.GetName((GgmlType)Toy4Format.Type);
        Assert.True(named is null or "TOY4", $"tensor type {Toy4Format.Type} is {named}: give this format another number");
        Assert.True(named is not null || !Enum.TryParse<GgmlType>("TOY4", out _), "TOY4 is another tensor type: give this format another name");
    }
}
