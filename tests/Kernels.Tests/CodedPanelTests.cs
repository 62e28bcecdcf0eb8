using System.Runtime.Intrinsics;
using Tessera.Kernels.Coded;

namespace Tessera.Kernels.Tests;

public sealed unsafe class CodedPanelTests
{
    private const int Rows = 8;
    private const int Blocks = 2;

    [Fact]
    public void Codes_of_2_bits_are_where_the_layout_says() =>
        AssertCodes<TokenCount.Two>((vectors, step) => (vectors[step % 2] >> (step / 2 * 2)) & 3);

    [Fact]
    public void Codes_of_3_bits_are_where_the_layout_says() =>
        AssertCodes<TokenCount.Three>((vectors, step) => ((vectors[step % 2] >> (step / 2 * 2)) & 3) | (((vectors[2] >> step) & 1) << 2));

    [Fact]
    public void Codes_of_4_bits_are_where_the_layout_says() =>
        AssertCodes<TokenCount.Four>((vectors, step) => (vectors[step % 4] >> (step / 4 * 4)) & 0xF);

    [Fact]
    public void Codes_of_5_bits_are_where_the_layout_says() =>
        AssertCodes<TokenCount.Five>((vectors, step) => ((vectors[step % 4] >> (step / 4 * 4)) & 0xF) | (((vectors[4] >> step) & 1) << 4));

    [Fact]
    public void Scales_of_32_columns_lie_row_by_row_and_d_after_them()
    {
        byte[] rows = RandomRows(bits: 4);

        Span<byte> scales = Pack<PlainBlock<TokenCount.Four, TokenCount.Three>>(rows, Rows).AsSpan(Blocks * 128 * Rows);

        Assert.Equal(Blocks * 10 * Rows, scales.Length);
        for (int row = 0; row < Rows; row++)
        {
            ReadOnlySpan<byte> block = rows.AsSpan(((row * Blocks) + 1) * 256, 256);
            Span<byte> packed = scales[(10 * Rows)..];
            for (int sub = 0; sub < 8; sub++)
            {
                Assert.Equal(block[sub] & 0xF, packed[(sub * Rows) + row]);
            }

            Assert.Equal(block[..2], packed.Slice((8 * Rows) + (2 * row), 2));
        }
    }

    [Fact]
    public void Scales_and_minimums_of_16_columns_lie_in_pairs_with_d_and_dmin_after_them()
    {
        byte[] rows = RandomRows(bits: 2);

        Span<byte> scales = Pack<PlainBlock<TokenCount.Two, TokenCount.Five>>(rows, Rows).AsSpan(Blocks * 64 * Rows);

        Assert.Equal(Blocks * 20 * Rows, scales.Length);
        for (int row = 0; row < Rows; row++)
        {
            ReadOnlySpan<byte> block = rows.AsSpan(((row * Blocks) + 1) * 256, 256);
            Span<byte> packed = scales[(20 * Rows)..];
            for (int sub = 0; sub < 16; sub++)
            {
                Assert.Equal(block[sub] | (block[255 - sub] << 4), packed[(sub / 2 * 2 * Rows) + (2 * row) + (sub % 2)]);
            }

            Assert.Equal(block[..2], packed.Slice((16 * Rows) + (2 * row), 2));
            Assert.Equal(block[2..4], packed.Slice((18 * Rows) + (2 * row), 2));
        }
    }

    [Fact]
    public void Rows_that_are_missing_are_left_alone()
    {
        byte[] panel = Pack<PlainBlock<TokenCount.Four, TokenCount.Three>>(RandomRows(bits: 4), rows: 3);

        for (int vector = 0; vector < Blocks * 32; vector++)
        {
            Assert.All(panel[((vector * 4 * Rows) + 12)..((vector + 1) * 4 * Rows)], value => Assert.Equal(0, value));
        }
    }

    /// <summary>The code of a column from the bytes of its row and place in a group's vectors.</summary>
    private delegate int ReadCode(byte[] vectors, int step);

    private static void AssertCodes<TBits>(ReadCode read)
        where TBits : struct, ITokenCount
    {
        byte[] rows = RandomRows(TBits.Value);
        byte[] panel = Pack<PlainBlock<TBits, TokenCount.Three>>(rows, Rows);
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Blocks * 256; column++)
            {
                byte[] vectors = [.. Enumerable.Range(column / 32 * TBits.Value, TBits.Value)
                    .Select(vector => panel[(vector * 4 * Rows) + (4 * row) + (column % 4)])];
                Assert.Equal(rows[(row * Blocks * 256) + column], read(vectors, column % 32 / 4));
            }
        }
    }

    private static byte[] RandomRows(int bits)
    {
        var random = new Random(bits);
        return [.. Enumerable.Range(0, Rows * Blocks * 256).Select(_ => (byte)random.Next(1 << bits))];
    }

    private static byte[] Pack<TBlock>(byte[] source, int rows)
        where TBlock : struct, ICodedBlock
    {
        var panel = new byte[Blocks * (CodedPanel<TBlock>.CodeBytes(Rows) + CodedPanel<TBlock>.ScaleBlockBytes(Rows))];
        fixed (byte* first = source)
        fixed (byte* packed = panel)
        {
            CodedPanel<TBlock>.Pack<ProductLanes256, Vector256<int>>(first, Blocks * 256, rows, Blocks, packed);
        }

        return panel;
    }
}
