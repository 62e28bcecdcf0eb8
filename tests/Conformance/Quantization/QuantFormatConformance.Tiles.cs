using Tessera.Numerics;
using Tessera.Quantization;
using Xunit;

namespace Tessera.Conformance.Quantization;

public abstract unsafe partial class QuantFormatConformance
{
    private const float Untouched = -123456.75f;

    [Theory, SimdLevels]
    public void Every_number_of_rows_and_blocks_gives_the_exact_products(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        byte[] pool = TestBlocks.Random(Format, PoolBlocks, seed: 7);
        foreach (int blocksPerRow in (int[])[1, 2, 3, 4, 5, 7, 9, 16, 17, 33])
        {
            using TestActivations x = RandomActivations(tokens: 2, blocksPerRow * Format.Block.Elements, seed: 7);
            for (int rows = 1; rows <= 20; rows += blocksPerRow > 4 ? 6 : 1)
            {
                using TestMatrix matrix = Pool(pool, rows, blocksPerRow, seed: rows);
                AssertProducts(matrix, x, level, binding);
            }
        }
    }

    [Theory, SimdLevels]
    public void A_result_does_not_depend_on_the_batch(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        const int Tokens = 37;
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 8), rows: 19, blocksPerRow: 5, seed: 8);
        using TestActivations x = RandomActivations(Tokens, matrix.Source.Columns, seed: 8);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        float[] all = Multiply(bound, x.Batch, 0, bound.Rows);

        for (int count = 1; count <= 9; count++)
        {
            for (int first = 0; first + count <= Tokens; first += count)
            {
                float[] some = Multiply(bound, x.Tokens(first, count), 0, bound.Rows);
                AssertSameBits(all.AsSpan(first * bound.Rows, count * bound.Rows), some);
            }
        }
    }

    [Theory, SimdLevels]
    public void A_result_does_not_depend_on_the_tile_and_nothing_else_is_written(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 9), rows: 37, blocksPerRow: 3, seed: 9);
        using TestActivations x = RandomActivations(tokens: 6, matrix.Source.Columns, seed: 9);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        float[] all = Multiply(bound, x.Batch, 0, bound.Rows);

        for (int first = 0; first < bound.Rows; first += bound.RowGranularity)
        {
            for (int last = first; last < bound.Rows;)
            {
                last = Math.Min(last + bound.RowGranularity, bound.Rows);
                float[] tile = Multiply(bound, x.Batch, first, last - first);
                for (int i = 0; i < tile.Length; i++)
                {
                    int row = i % bound.Rows;
                    Assert.Equal(row >= first && row < last ? all[i] : Untouched, tile[i]);
                }
            }
        }
    }

    [Fact]
    public void Assembled_products_have_the_bits_of_the_others()
    {
        SimdSupport.Require(SimdLevel.Avx512);
        SimdSupport.Require(Binding.Assembled);
        byte[] pool = TestBlocks.Random(Format, PoolBlocks, seed: 12);
        foreach (int blocksPerRow in (int[])[1, 2, 5])
        {
            using TestMatrix matrix = Pool(pool, rows: 41, blocksPerRow, seed: blocksPerRow);
            using IWeightMatrix packed = matrix.Bind(SimdLevel.Avx512, Binding.Packed);
            using IWeightMatrix assembled = matrix.Bind(SimdLevel.Avx512, Binding.Assembled);
            for (int tokens = 1; tokens <= 19; tokens++)
            {
                using TestActivations x = RandomActivations(tokens, matrix.Source.Columns, seed: tokens);
                AssertSameBits(Multiply(packed, x.Batch, 0, packed.Rows), Multiply(assembled, x.Batch, 0, assembled.Rows));
            }
        }
    }

    [Theory, SimdLevels]
    public void Many_threads_multiply_at_once(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 10), rows: 64, blocksPerRow: 4, seed: 10);
        using TestActivations x = RandomActivations(tokens: 5, matrix.Source.Columns, seed: 10);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        float[] expected = Multiply(bound, x.Batch, 0, bound.Rows);
        int step = (16 + bound.RowGranularity - 1) / bound.RowGranularity * bound.RowGranularity;
        var results = new float[8][];

        // Each of eight results is put together from tiles that different threads compute.
        Array.ForEach(Enumerable.Range(0, results.Length).ToArray(), i => results[i] = new float[expected.Length]);
        ManyThreads.Do(results.Length * ((bound.Rows + step - 1) / step), i =>
        {
            int first = i / results.Length * step;
            fixed (float* y = results[i % results.Length])
            {
                bound.Multiply(x.Batch, new OutputTile { Values = y, Stride = bound.Rows, FirstRow = first, RowCount = Math.Min(step, bound.Rows - first) });
            }
        });

        Assert.All(results, result => AssertSameBits(expected, result));
    }

    [Theory, SimdLevels]
    public void Multiplying_allocates_nothing(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 11), rows: 16, blocksPerRow: 2, seed: 11);
        using TestActivations x = RandomActivations(tokens: 5, matrix.Source.Columns, seed: 11);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        float* y = stackalloc float[5 * 16];
        var tile = new OutputTile { Values = y, Stride = 16, FirstRow = 0, RowCount = 16 };
        ActivationBatch one = x.Tokens(0, 1);
        ActivationBatch many = x.Batch;
        bound.Multiply(one, tile);
        bound.Multiply(many, tile);

        long before = GC.GetAllocatedBytesForCurrentThread();
        bound.Multiply(one, tile);
        bound.Multiply(many, tile);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static float[] Multiply(TestMatrix matrix, TestActivations x, SimdLevel level, Binding binding)
    {
        using IWeightMatrix bound = matrix.Bind(level, binding);
        return Multiply(bound, x.Batch, 0, bound.Rows);
    }

    /// <summary>The whole output, <c>[tokens][rows]</c>, of which only the tile's rows have been computed.</summary>
    private static float[] Multiply(IWeightMatrix matrix, in ActivationBatch x, int firstRow, int rowCount)
    {
        var result = new float[x.Tokens * matrix.Rows];
        Array.Fill(result, Untouched);
        fixed (float* y = result)
        {
            matrix.Multiply(x, new OutputTile { Values = y, Stride = matrix.Rows, FirstRow = firstRow, RowCount = rowCount });
        }

        return result;
    }

    private static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(expected[i]), BitConverter.SingleToInt32Bits(actual[i]));
        }
    }
}
