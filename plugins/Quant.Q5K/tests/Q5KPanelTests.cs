using Tessera.Conformance.Quantization;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Q5K.Tests;

public sealed unsafe class Q5KPanelTests
{
    private const int Columns = 512;

    private readonly Q5KFormat _format = new();

    [Theory]
    [InlineData(8, 8, false)]
    [InlineData(8, 5, false)]
    [InlineData(16, 16, false)]
    [InlineData(16, 1, false)]
    [InlineData(16, 16, true)]
    [InlineData(16, 1, true)]
    public void Bytes_of_a_panel_are_where_its_layout_says(int panelRows, int rows, bool asDigits)
    {
        using TestMatrix matrix = RandomMatrix(rows, seed: panelRows + rows);
        var panel = new byte[2 * 180 * panelRows];
        fixed (byte* packed = panel)
        {
            delegate*<byte*, long, int, int, byte*, void> pack = asDigits ? &Q5KPanel.PackForLookUps : panelRows == 16 ? &Q5KPanel.Pack16 : &Q5KPanel.Pack8;
            pack(matrix.Source.Data, matrix.Source.RowBytes, rows, 2, packed);
        }

        for (int row = 0; row < panelRows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                Assert.Equal(row < rows ? matrix.Row(row)[column] : 0f, ReadWeight(panel, panelRows, asDigits, row, column));
            }
        }
    }

    [Theory, SimdLevels]
    public void Only_repacked_weights_do_without_the_file(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = RandomMatrix(rows: 21, seed: 1);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        using TestActivations x = TestActivations.Encode([.. Enumerable.Range(0, Columns).Select(c => MathF.Sin(c))], 1);
        float[] before = Multiply(bound, x, 0, 21);

        new Span<byte>(matrix.Source.Data, (int)(21 * matrix.Source.RowBytes)).Clear();

        Assert.Equal(binding == Binding.Mapped || level == SimdLevel.Scalar, bound.ReadsSource);
        Assert.Equal(bound.ReadsSource ? new float[21] : before, Multiply(bound, x, 0, 21));
    }

    [Theory, SimdLevels]
    public void A_tile_may_end_within_a_panel_but_not_start_there(SimdLevel level)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = RandomMatrix(rows: 40, seed: 2);
        using IWeightMatrix bound = matrix.Bind(level);
        using TestActivations x = TestActivations.Encode([.. Enumerable.Range(0, Columns).Select(c => MathF.Cos(c))], 1);
        float[] all = Multiply(bound, x, 0, 40);

        float[] tile = Multiply(bound, x, 16, 19);

        Assert.Equal(all[16..35], tile[16..35]);
        Assert.All(tile[35..], y => Assert.Equal(0f, y));
        if (bound.RowGranularity > 1)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Multiply(bound, x, 1, bound.RowGranularity));
        }
    }

    [Fact]
    public void A_disposed_matrix_says_so()
    {
        using TestMatrix matrix = RandomMatrix(rows: 3, seed: 3);
        IWeightMatrix bound = matrix.Bind(SimdLevel.Vector128);
        using TestActivations x = TestActivations.Encode(new float[Columns], 1);

        bound.Dispose();
        bound.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Multiply(bound, x, 0, 3));
    }

    private TestMatrix RandomMatrix(int rows, int seed) => new(_format, TestBlocks.Random(_format, 2 * rows, seed), rows, Columns);

    private static float[] Multiply(IWeightMatrix matrix, TestActivations x, int firstRow, int rowCount)
    {
        var result = new float[matrix.Rows];
        fixed (float* y = result)
        {
            matrix.Multiply(x.Batch, new OutputTile { Values = y, Stride = matrix.Rows, FirstRow = firstRow, RowCount = rowCount });
        }

        return result;
    }

    /// <summary>From the README's drawing, byte by byte.</summary>
    private static float ReadWeight(byte[] panel, int rows, bool asDigits, int row, int column)
    {
        ReadOnlySpan<byte> block = panel.AsSpan(column / 256 * 180 * rows, 180 * rows);
        int c = column % 256;
        int sub = c / 32;
        uint digits = BitConverter.ToUInt32(block[((sub / 4 * 4 * rows) + (4 * row))..]) >> ((sub / 2 % 2 * 12) + (sub % 2 * 2));
        uint minimum = asDigits ? (digits & 3) + (4 * ((digits >> 4) & 3)) + (16 * ((digits >> 8) & 3)) : block[(sub * rows) + row];
        int scale = block[(8 * rows) + (sub * rows) + row];
        ReadOnlySpan<byte> words = block.Slice((16 * rows) + (sub * 20 * rows), 20 * rows);
        int step = c % 32 / 4;
        int word = words[(step % 4 * 4 * rows) + (4 * row) + (c % 4)];
        int last = words[(4 * 4 * rows) + (4 * row) + (c % 4)];
        int q = step < 4 ? word & 31 : (word >> 5 << 2) | ((last >> (2 * (step - 4))) & 3);
        float d = (float)BitConverter.ToHalf(block[((176 * rows) + (2 * row))..]);
        float dmin = (float)BitConverter.ToHalf(block[((178 * rows) + (2 * row))..]);
        return (d * scale * q) - (dmin * minimum);
    }
}
