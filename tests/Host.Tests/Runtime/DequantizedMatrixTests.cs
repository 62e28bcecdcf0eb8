using Tessera.Numerics;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Memory;

namespace Tessera.Host.Tests.Runtime;

public unsafe class DequantizedMatrixTests
{
    [Theory]
    [InlineData(1, 4, 1)]
    [InlineData(5, 28, 3)]
    [InlineData(7, 32, 2)]
    [InlineData(16, 100, 6)]
    [InlineData(3, 256, 5)]
    public void Rows_are_dequantized_and_multiplied(int rows, int columns, int tokens)
    {
        using var matrix = new QuarterMatrix(rows, columns);
        using TestTensor x = Integers(tokens, columns);
        using var y = new TestTensor(tokens, rows);

        Multiply(matrix.Bind(), x, y, 0, rows);

        for (int token = 0; token < tokens; token++)
        {
            for (int row = 0; row < rows; row++)
            {
                Assert.Equal(matrix.Dot(row, x.Tensor.Row(token)), y.Tensor.Row(token)[row]);
            }
        }
    }

    [Fact]
    public void A_tile_writes_its_own_rows_only()
    {
        using var matrix = new QuarterMatrix(10, 8);
        using TestTensor x = Integers(2, 8);
        using var y = new TestTensor(2, 10);
        y.Values.Fill(-1);

        Multiply(matrix.Bind(), x, y, 3, 4);

        for (int row = 0; row < 10; row++)
        {
            Assert.Equal(row is >= 3 and < 7 ? matrix.Dot(row, x.Tensor.Row(1)) : -1, y.Tensor.Row(1)[row]);
        }
    }

    [Fact]
    public void A_result_is_the_same_to_the_bit_whatever_the_batch_and_the_tile()
    {
        using var matrix = new QuarterMatrix(9, 76);
        using TestTensor x = TestTensor.Random(6, 76);
        using var whole = new TestTensor(6, 9);
        using var parts = new TestTensor(6, 9);
        DequantizedMatrix bound = matrix.Bind();

        Multiply(bound, x, whole, 0, 9);
        for (int row = 0; row < 9; row++)
        {
            for (int token = 0; token < 6; token++)
            {
                bound.Multiply(
                    Plain(x.Rows(token, 1)),
                    new OutputTile { Values = parts.Tensor.Data + (token * 9), Stride = 9, FirstRow = row, RowCount = 1 });
            }
        }

        Assert.Equal(whole.Values.ToArray(), parts.Values.ToArray());
    }

    [Fact]
    public void Matrices_of_different_widths_share_a_thread()
    {
        using var narrow = new QuarterMatrix(3, 4, 2);
        using var wide = new QuarterMatrix(3, 64, 3);
        foreach (QuarterMatrix matrix in (QuarterMatrix[])[narrow, wide, narrow])
        {
            using TestTensor x = Integers(1, matrix.Source.Columns);
            using var y = new TestTensor(1, 3);

            Multiply(matrix.Bind(), x, y, 0, 3);

            Assert.Equal(matrix.Dot(2, x.Tensor.Row(0)), y.Values[2]);
        }
    }

    [Fact]
    public void It_takes_plain_activations_of_its_own_width()
    {
        using var matrix = new QuarterMatrix(3, 8);
        using TestTensor x = Integers(1, 12);
        using var y = new TestTensor(1, 3);

        Assert.Equal(ActivationParts.Values, matrix.Bind().Reads);
        Assert.Throws<ArgumentOutOfRangeException>(() => Multiply(matrix.Bind(), x, y, 0, 3));
    }

    private static ActivationBatch Plain(ActivationRows x) => new() { Tokens = x.Rows, Columns = x.Columns, Values = x.Data, ValueStride = x.Stride };

    private static TestTensor Integers(int tokens, int columns)
    {
        TestTensor x = TestTensor.Random(tokens, columns, 9, spread: 20);
        foreach (ref float value in x.Values)
        {
            value = MathF.Round(value);
        }

        return x;
    }

    private static void Multiply(DequantizedMatrix matrix, TestTensor x, TestTensor y, int firstRow, int rows) => matrix.Multiply(
        Plain(x.Tensor),
        new OutputTile { Values = y.Tensor.Data, Stride = y.Tensor.Columns, FirstRow = firstRow, RowCount = rows });
}
