using Tessera.Quantization;
using Xunit;

namespace Tessera.Conformance.Quantization;

public abstract unsafe partial class QuantFormatConformance
{
    private const int QuantizedRows = 24;

    /// <summary>An odd number of blocks, so that those who take several at once have some left.</summary>
    private int QuantizedColumns => Math.Max(3, 352 / Format.Block.Elements) * Format.Block.Elements;

    private int QuantizedRowBytes => QuantizedColumns / Format.Block.Elements * Format.Block.Bytes;

    [Fact]
    public void Quantizes_to_the_same_bytes_as_the_reference()
    {
        IQuantizer quantizer = Quantizer();
        int columns = ReadGolden().Columns;
        byte[] expected = File.ReadAllBytes(GoldenFile($"{goldenName}.blocks"));
        byte[] blocks = Quantize(quantizer, Golden.Floats(GoldenFile("weights.f32")), [], columns);

        Assert.Equal(expected.Length, blocks.Length);
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.True(
                expected[i] == blocks[i], $"block {i / Format.Block.Bytes}, byte {i % Format.Block.Bytes}: expected {expected[i]:X2}, got {blocks[i]:X2}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Quantized_weights_come_back_as_close_as_their_bits_allow(bool importanceOfOnes)
    {
        IQuantizer quantizer = Quantizer();
        float[] weights = NormalWeights(seed: 21);
        float[] importance = importanceOfOnes ? [.. Enumerable.Repeat(1f, QuantizedColumns)] : [];

        float[] back = Dequantize(Quantize(quantizer, weights, importance, QuantizedColumns));

        Assert.InRange(MeanErrorOfBlocks(weights, back), 0, LargestError);
    }

    [Fact]
    public void Quantizes_what_blocks_held_as_close_as_their_bits_allow()
    {
        IQuantizer quantizer = Quantizer();
        byte[] pool = [.. TestBlocks.Random(Format, PoolBlocks, seed: 22).Chunk(Format.Block.Bytes).Where(IsOfUsualSize).SelectMany(block => block)];
        float[] weights = Dequantize(Draw(pool, QuantizedRows, QuantizedColumns / Format.Block.Elements, seed: 22));

        float[] back = Dequantize(Quantize(quantizer, weights, [], QuantizedColumns));

        Assert.InRange(MeanErrorOfBlocks(weights, back), 0, LargestError);
    }

    [Fact]
    public void Importance_does_not_harm_the_columns_that_matter()
    {
        IQuantizer quantizer = Quantizer();
        var random = new Random(23);
        float[] weights = NormalWeights(seed: 23);
        float[] importance = [.. Enumerable.Range(0, QuantizedColumns).Select(_ => (float)Math.Exp(3 * Normal(random)))];

        double known = WeightedError(weights, Dequantize(Quantize(quantizer, weights, importance, QuantizedColumns)), importance);
        double unknown = WeightedError(weights, Dequantize(Quantize(quantizer, weights, [], QuantizedColumns)), importance);

        Assert.True(known <= 1.001 * unknown, $"the error of columns by their importance is {known:E3} where it is known and {unknown:E3} where it is not");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_row_of_zeros_stays_zero(bool importanceOfOnes)
    {
        IQuantizer quantizer = Quantizer();
        float[] importance = importanceOfOnes ? [.. Enumerable.Repeat(1f, QuantizedColumns)] : [];

        float[] back = Dequantize(Quantize(quantizer, new float[QuantizedColumns], importance, QuantizedColumns));

        Assert.All(back, value => Assert.Equal(0f, value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Quantizing_writes_every_bit_of_the_blocks_and_nothing_else(bool importanceOfOnes)
    {
        IQuantizer quantizer = Quantizer();
        float[] weights = NormalWeights(seed: 24)[..QuantizedColumns];
        using var row = new GuardedMemory(QuantizedColumns * sizeof(float));
        using var importance = new GuardedMemory(QuantizedColumns * sizeof(float));
        using var blocks = new GuardedMemory(QuantizedRowBytes);
        weights.CopyTo(new Span<float>(row.First, QuantizedColumns));
        new Span<float>(importance.First, QuantizedColumns).Fill(1);
        byte[][] results = [.. new byte[] { 0x00, 0xFF }.Select(before =>
        {
            var output = new Span<byte>(blocks.First, QuantizedRowBytes);
            output.Fill(before);
            quantizer.Quantize(new ReadOnlySpan<float>(row.First, QuantizedColumns),
                new ReadOnlySpan<float>(importance.First, importanceOfOnes ? QuantizedColumns : 0), output);
            return output.ToArray();
        })];

        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void Many_threads_quantize_at_once()
    {
        IQuantizer quantizer = Quantizer();
        float[] weights = NormalWeights(seed: 25);
        float[] importance = [.. Enumerable.Range(1, QuantizedColumns).Select(c => 1f / c)];
        byte[] expected = Quantize(quantizer, weights, importance, QuantizedColumns);
        var blocks = new byte[expected.Length];

        ManyThreads.Do(QuantizedRows, row => quantizer.Quantize(
            weights.AsSpan(row * QuantizedColumns, QuantizedColumns), importance, blocks.AsSpan(row * QuantizedRowBytes, QuantizedRowBytes)));

        Assert.Equal(expected, blocks);
    }

    [Theory]
    [InlineData(0, 0, -1)]
    [InlineData(0, 0, 1)]
    [InlineData(0, 1, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(1, 1, 0)]
    public void Lengths_of_rows_blocks_and_importance_that_do_not_agree_are_an_ArgumentException(int extraWeights, int extraImportance, int extraBytes)
    {
        IQuantizer quantizer = Quantizer();
        var row = new float[QuantizedColumns + extraWeights];
        var importance = new float[QuantizedColumns + extraImportance];
        var blocks = new byte[QuantizedRowBytes + extraBytes];

        Assert.ThrowsAny<ArgumentException>(() => quantizer.Quantize(row, importance, blocks));
    }

    /// <summary>
    /// What a block's squared error may be, as a part of the sum of its squares. The best quantizers of normally distributed weights reach 4^-bits; those that
    /// only scale have four to eleven times as much. A layout in disorder has 1 or 2.
    /// </summary>
    private double LargestError => Math.Clamp(16 * Math.Pow(4, -8.0 * Format.Block.Bytes / Format.Block.Elements), 1e-5, 1);

    /// <summary>The format as a quantizer; skips the test where it is none.</summary>
    private IQuantizer Quantizer()
    {
        Assert.SkipUnless(Format is IQuantizer, "the format makes no blocks: it is no IQuantizer");
        return (IQuantizer)Format;
    }

    private byte[] Quantize(IQuantizer quantizer, float[] weights, float[] importance, int columns)
    {
        int rowBytes = columns / Format.Block.Elements * Format.Block.Bytes;
        var blocks = new byte[weights.Length / columns * rowBytes];
        for (int row = 0; row < weights.Length / columns; row++)
        {
            quantizer.Quantize(weights.AsSpan(row * columns, columns), importance, blocks.AsSpan(row * rowBytes, rowBytes));
        }

        return blocks;
    }

    private float[] Dequantize(byte[] blocks)
    {
        var values = new float[blocks.Length / Format.Block.Bytes * Format.Block.Elements];
        Format.Dequantize(blocks, values);
        return values;
    }

    /// <summary>Rows whose weights are normally distributed, around a mean and with a deviation that differ from row to row.</summary>
    private float[] NormalWeights(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, QuantizedRows).SelectMany(_ =>
        {
            double deviation = Math.Exp(Normal(random) - 3), mean = 0.2 * deviation * Normal(random);
            return Enumerable.Range(0, QuantizedColumns).Select(_ => (float)(mean + (deviation * Normal(random)))).ToArray();
        })];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private double MeanErrorOfBlocks(float[] weights, float[] back)
    {
        Assert.Equal(weights.Length, back.Length);
        return weights.Chunk(Format.Block.Elements).Zip(back.Chunk(Format.Block.Elements), (x, y) =>
        {
            double error = x.Zip(y, (a, b) => ((double)a - b) * ((double)a - b)).Sum();
            double squares = x.Sum(a => (double)a * a);
            return error == 0 ? 0 : error / squares;
        }).Average();
    }

    /// <summary>Neither so large nor so small that a scale might be none of the format's.</summary>
    private bool IsOfUsualSize(byte[] block) => Dequantize(block).Max(value => MathF.Abs(value)) is > 1e-3f and < 1e3f;

    private static double WeightedError(float[] weights, float[] back, float[] importance) =>
        weights.Select((weight, i) => importance[i % importance.Length] * Math.Pow((double)weight - back[i], 2)).Sum();
}
