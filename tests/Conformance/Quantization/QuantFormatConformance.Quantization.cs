using Tessera.Quantization;
using Xunit;

namespace Tessera.Conformance.Quantization;

public abstract partial class QuantFormatConformance
{
    /// <summary>The quantizer, or null where the format has none.</summary>
    private IQuantizer Quantizer
    {
        get
        {
            Assert.SkipUnless(Format is IQuantizer, "the format makes no blocks: it is no IQuantizer");
            return (IQuantizer)Format;
        }
    }

    [Fact]
    public void Quantizes_to_the_same_bytes_as_the_reference()
    {
        GoldenQuants golden = ReadGolden();
        IQuantizer quantizer = Quantizer;
        float[] weights = Golden.Floats(GoldenFile("weights.f32"));
        byte[] expected = File.ReadAllBytes(GoldenFile($"{goldenName}.blocks"));
        byte[] blocks = QuantizeRows(quantizer, weights, golden.Columns);

        Assert.Equal(expected.Length, blocks.Length);
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.True(expected[i] == blocks[i], $"block {i / Format.Block.Bytes}, byte {i % Format.Block.Bytes}: expected {expected[i]:X2}, got {blocks[i]:X2}");
        }
    }

    private byte[] QuantizeRows(IQuantizer quantizer, float[] weights, int columns)
    {
        int rowBytes = columns / Format.Block.Elements * Format.Block.Bytes;
        var blocks = new byte[weights.Length / columns * rowBytes];
        for (int row = 0; row < weights.Length / columns; row++)
        {
            quantizer.Quantize(weights.AsSpan(row * columns, columns), [], blocks.AsSpan(row * rowBytes, rowBytes));
        }

        return blocks;
    }
}
