using Tessera.Numerics;
using Tessera.Quantization;
using Xunit;

namespace Tessera.Conformance.Quantization;

public abstract unsafe partial class QuantFormatConformance
{
    [Theory, SimdLevels]
    public void A_tail_of_rows_has_the_bits_of_the_same_rows_in_a_larger_matrix(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        const int Tokens = 5;
        byte[] blocks = Draw(TestBlocks.Random(Format, PoolBlocks, seed: 13), rows: 64, blocksPerRow: 3, seed: 13);
        using TestMatrix whole = new(Format, blocks, 64, 3 * Format.Block.Elements);
        using TestActivations x = RandomActivations(Tokens, whole.Source.Columns, seed: 13);
        float[] expected = Multiply(whole, x, level, binding);

        foreach (int rows in from full in (int[])[0, 16, 32] from tail in (int[])[1, 2, 3, 5, 15] select full + tail)
        {
            using TestMatrix part = new(Format, blocks, rows, whole.Source.Columns);
            using IWeightMatrix bound = part.Bind(level, binding);
            using var y = new GuardedMemory(Tokens * rows * sizeof(float));
            bound.Multiply(x.Batch, new OutputTile { Values = (float*)y.First, Stride = rows, FirstRow = 0, RowCount = rows });
            for (int token = 0; token < Tokens; token++)
            {
                AssertSameBits(expected.AsSpan(token * 64, rows), new ReadOnlySpan<float>((float*)y.First + (token * rows), rows));
            }
        }
    }

    [Theory, SimdLevels]
    public void Parts_of_the_input_that_the_matrix_does_not_name_are_not_read(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 18), rows: 19, blocksPerRow: 3, seed: 18);
        using TestActivations x = RandomActivations(tokens: 9, matrix.Source.Columns, seed: 18);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        float[] expected = Multiply(bound, x.Batch, 0, bound.Rows);

        x.SpoilAllBut(bound.Reads);

        AssertSameBits(expected, Multiply(bound, x.Batch, 0, bound.Rows));
    }

    [Theory, SimdLevels]
    public void Weights_and_results_may_lie_at_any_address(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        const int Rows = 19, Tokens = 5;
        byte[] blocks = Draw(TestBlocks.Random(Format, PoolBlocks, seed: 14), Rows, blocksPerRow: 2, seed: 14);
        using TestActivations x = RandomActivations(Tokens, 2 * Format.Block.Elements, seed: 14);
        using TestMatrix aligned = new(Format, blocks, Rows, x.Batch.Columns, misalignment: 0);
        float[] expected = Multiply(aligned, x, level, binding);
        var y = new float[expected.Length + 16];
        foreach (int misalignment in (int[])[1, 2, 3, 4, 7, 8, 16, 31, 33, 63])
        {
            using TestMatrix matrix = new(Format, blocks, Rows, x.Batch.Columns, misalignment);
            using IWeightMatrix bound = matrix.Bind(level, binding);
            int first = misalignment % 16;
            fixed (float* values = y)
            {
                bound.Multiply(x.Batch, new OutputTile { Values = values + first, Stride = Rows, FirstRow = 0, RowCount = Rows });
            }

            AssertSameBits(expected, y.AsSpan(first, expected.Length));
        }
    }

    [Theory, SimdLevels]
    public void Products_are_those_of_the_mapped_matrix(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 15), rows: 37, blocksPerRow: 6, seed: 15);
        using TestActivations x = RandomActivations(tokens: 11, matrix.Source.Columns, seed: 15);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        using IWeightMatrix mapped = matrix.Bind(level, Binding.Mapped);

        float[] y = Multiply(bound, x.Batch, 0, bound.Rows);

        Assert.Equal(mapped.Reads & ActivationParts.Values, bound.Reads & ActivationParts.Values);
        float[] expected = Multiply(mapped, x.Batch, 0, mapped.Rows);
        for (int i = 0; i < y.Length; i++)
        {
            int row = i % bound.Rows;
            _ = Dot(matrix.Row(row), x.Decode(bound.Reads, i / bound.Rows), out double magnitude);
            AssertClose(expected[i], y[i], magnitude, LevelTolerance, row);
        }
    }

    [Theory, SimdLevels]
    public void A_source_that_is_said_to_be_unread_may_change(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 16), rows: 21, blocksPerRow: 2, seed: 16);
        using TestActivations x = RandomActivations(tokens: 3, matrix.Source.Columns, seed: 16);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        float[] before = Multiply(bound, x.Batch, 0, bound.Rows);

        if (!bound.ReadsSource)
        {
            new Span<byte>(matrix.Source.Data, checked((int)(matrix.Source.RowBytes * matrix.Source.Rows))).Clear();
        }

        AssertSameBits(before, Multiply(bound, x.Batch, 0, bound.Rows));
    }
}
