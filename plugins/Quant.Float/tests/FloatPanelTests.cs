using Tessera.Conformance.Quantization;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Float.Tests;

public sealed unsafe class FloatPanelTests
{
    private const int Rows = 21;

    /// <summary>Around the ends of runs of 16, groups of 64 and pieces of 256 columns.</summary>
    private static readonly int[] s_columns = [1, 15, 16, 17, 63, 64, 65, 130, 255, 256, 257, 320, 600];

    public static TheoryData<GgmlType> Types => [GgmlType.F32, GgmlType.F16, GgmlType.BF16];

    [Theory]
    [InlineData(16)]
    [InlineData(5)]
    [InlineData(1)]
    public void A_panel_has_column_after_column_and_zeros_for_missing_rows(int rows)
    {
        const int Columns = 131;
        ushort[] source = [.. Enumerable.Range(1, rows * Columns).Select(i => (ushort)i)];
        var panel = new ushort[16 * Columns];
        fixed (ushort* weights = source)
        fixed (ushort* packed = panel)
        {
            FloatPanel.Pack<ushort>((byte*)weights, Columns * sizeof(ushort), rows, Columns, (byte*)packed);
        }

        for (int i = 0; i < panel.Length; i++)
        {
            int row = i % 16;
            Assert.Equal(row < rows ? source[(row * Columns) + (i / 16)] : 0, panel[i]);
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void Both_instruction_sets_give_the_same_bits_in_every_tile(GgmlType type)
    {
        SimdSupport.Require(SimdLevel.Avx512);
        IQuantFormat format = FormatOf(type);
        foreach (int columns in s_columns)
        {
            using var matrix = new TestMatrix(format, TestBlocks.Random(format, Rows * columns, columns), Rows, columns);
            using TestActivations x = Activations(tokens: 19, columns);
            using IWeightMatrix wide = matrix.Bind(SimdLevel.Avx512);
            using IWeightMatrix narrow = matrix.Bind(SimdLevel.Avx2);
            float[] expected = Multiply(wide, x.Batch, 0, Rows);
            for (int count = 1; count <= 19; count++)
            {
                Assert.Equal(expected[..(count * Rows)], Multiply(narrow, x.Tokens(0, count), 0, Rows));
            }
        }
    }

    [Theory, SimdLevels]
    public void Panels_are_as_accurate_as_rows(SimdLevel level)
    {
        SimdSupport.Require(level);
        const int Columns = 4096;
        var format = new F32Format();
        byte[] weights = [.. Enumerable.Range(0, Rows * Columns).SelectMany(i => BitConverter.GetBytes(MathF.Sin(i * i % 9973)))];
        using var matrix = new TestMatrix(format, weights, Rows, Columns);
        using TestActivations x = Activations(tokens: 16, Columns);

        Assert.InRange(RootMeanSquareError(matrix, x, level, Binding.Packed), 0, RootMeanSquareError(matrix, x, level, Binding.Mapped));
    }

    [Theory, SimdLevels]
    public void Only_repacked_weights_do_without_the_file(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        const int Columns = 70;
        var format = new BF16Format();
        using var matrix = new TestMatrix(format, TestBlocks.Random(format, Rows * Columns, seed: 1), Rows, Columns);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        using TestActivations x = Activations(tokens: 1, Columns);
        float[] before = Multiply(bound, x.Batch, 0, Rows);

        new Span<byte>(matrix.Source.Data, (int)(Rows * matrix.Source.RowBytes)).Clear();

        Assert.Equal(binding == Binding.Mapped || level < SimdLevel.Avx2, bound.ReadsSource);
        Assert.Equal(bound.ReadsSource ? new float[Rows] : before, Multiply(bound, x.Batch, 0, Rows));
    }

    private static IQuantFormat FormatOf(GgmlType type) =>
        type switch { GgmlType.F32 => new F32Format(), GgmlType.F16 => new F16Format(), _ => new BF16Format() };

    private static TestActivations Activations(int tokens, int columns)
    {
        var random = new Random(columns);
        return TestActivations.Encode([.. Enumerable.Range(0, tokens * columns).Select(_ => random.NextSingle() - 0.5f)], tokens);
    }

    private static double RootMeanSquareError(TestMatrix matrix, TestActivations x, SimdLevel level, Binding binding)
    {
        using IWeightMatrix bound = matrix.Bind(level, binding);
        float[] y = Multiply(bound, x.Batch, 0, Rows);
        double sum = 0;
        for (int i = 0; i < y.Length; i++)
        {
            ReadOnlySpan<float> weights = matrix.Row(i % Rows);
            float* values = x.Batch.ValuesOf(i / Rows);
            double exact = 0;
            for (int c = 0; c < weights.Length; c++)
            {
                exact += (double)weights[c] * values[c];
            }

            sum += (y[i] - exact) * (y[i] - exact);
        }

        return Math.Sqrt(sum / y.Length);
    }

    private static float[] Multiply(IWeightMatrix matrix, in ActivationBatch x, int firstRow, int rowCount)
    {
        var result = new float[x.Tokens * Rows];
        fixed (float* y = result)
        {
            matrix.Multiply(x, new OutputTile { Values = y, Stride = Rows, FirstRow = firstRow, RowCount = rowCount });
        }

        return result;
    }
}
