using Xunit;

namespace Tessera.Conformance.Quantization;

public abstract partial class QuantFormatConformance
{
    [Theory]
    [InlineData("")]
    [InlineData(".random")]
    public void Dequantizes_to_the_same_bits_as_the_reference(string kind)
    {
        _ = ReadGolden();
        byte[] blocks = File.ReadAllBytes(GoldenFile($"{goldenName}{kind}.blocks"));
        float[] expected = Golden.Floats(GoldenFile($"{goldenName}{kind}.f32"));
        var values = new float[expected.Length];

        Format.Dequantize(blocks, values);

        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(
                BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(values[i]),
                $"value {i}: expected {expected[i]:R}, got {values[i]:R}");
        }
    }

    [Fact]
    public void Dequantizes_each_block_alone_as_among_others()
    {
        byte[] blocks = TestBlocks.Random(Format, 9, seed: 2);
        var together = new float[9 * Format.Block.Elements];
        var alone = new float[Format.Block.Elements];

        Format.Dequantize(blocks, together);

        for (int i = 0; i < 9; i++)
        {
            Format.Dequantize(blocks.AsSpan(i * Format.Block.Bytes, Format.Block.Bytes), alone);
            Assert.Equal(alone, together.AsSpan(i * Format.Block.Elements, Format.Block.Elements).ToArray());
        }
    }

    [Fact]
    public void Dequantizes_no_blocks_to_no_values() => Format.Dequantize([], []);

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(1, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1)]
    public void Lengths_that_do_not_agree_are_an_ArgumentException(int extraBytes, int extraValues)
    {
        if (Format.Block.Bytes == 1 && extraBytes != 0)
        {
            Assert.Skip("a block of one byte cannot be cut");
        }

        var blocks = new byte[(3 * Format.Block.Bytes) + extraBytes];
        var values = new float[(3 * Format.Block.Elements) + extraValues];

        Assert.ThrowsAny<ArgumentException>(() => Format.Dequantize(blocks, values));
    }
}
