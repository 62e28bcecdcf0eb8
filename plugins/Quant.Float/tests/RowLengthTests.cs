using Tessera.Conformance.Quantization;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Float.Tests;

/// <summary>Rows need not fill vectors: every length up to some vectors, and those of a small model.</summary>
public sealed unsafe class RowLengthTests
{
    private const int Rows = 3;
    private const int Tokens = 5;

    public static TheoryData<GgmlType, SimdLevel, Binding> Cases()
    {
        var cases = new TheoryData<GgmlType, SimdLevel, Binding>();
        foreach (GgmlType type in (GgmlType[])[GgmlType.F32, GgmlType.F16, GgmlType.BF16])
        {
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
            {
                cases.Add(type, level, Binding.Packed);
                cases.Add(type, level, Binding.Mapped);
            }
        }

        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Every_length_gives_the_exact_product_alone_and_in_a_batch(GgmlType type, SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        IQuantFormat format = type switch { GgmlType.F32 => new F32Format(), GgmlType.F16 => new F16Format(), _ => new BF16Format() };
        foreach (int columns in (int[])[.. Enumerable.Range(1, 80), 172, 288, 1000])
        {
            using var matrix = new TestMatrix(format, TestBlocks.Random(format, Rows * columns, columns), Rows, columns);
            using TestActivations x = TestActivations.Encode(Values(Tokens * columns, columns), Tokens);
            using IWeightMatrix bound = matrix.Bind(level, binding);
            float[] together = Multiply(bound, x.Batch);

            for (int token = 0; token < Tokens; token++)
            {
                float[] alone = Multiply(bound, x.Tokens(token, 1));
                Assert.Equal(together.AsSpan(token * Rows, Rows).ToArray(), alone);
                for (int row = 0; row < Rows; row++)
                {
                    AssertExact(matrix.Row(row), new ReadOnlySpan<float>(x.Batch.ValuesOf(token), columns), alone[row]);
                }
            }
        }
    }

    [Theory, SimdLevels]
    public void An_infinite_weight_gives_an_infinite_product(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        var format = new F16Format();
        byte[] row = [.. Enumerable.Range(0, 40).SelectMany(c => BitConverter.GetBytes(c == 7 ? Half.NegativeInfinity : Half.One))];
        using var matrix = new TestMatrix(format, row, 1, 40);
        using TestActivations x = TestActivations.Encode(Enumerable.Repeat(2f, 40).ToArray(), 1);
        using IWeightMatrix bound = matrix.Bind(level, binding);

        Assert.Equal([float.NegativeInfinity], Multiply(bound, x.Batch));
    }

    [Fact]
    public void Rows_of_other_bytes_than_their_columns_are_refused_by_name()
    {
        var source = new WeightSource { Name = "output.weight", Rows = 1, Columns = 3, Data = null, RowBytes = 8 };

        var error = Assert.Throws<TesseraException>(() => new F16Format().Bind(source, new KernelOptions(SimdLevel.Scalar)));

        Assert.Contains("output.weight", error.Message, StringComparison.Ordinal);
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        return values;
    }

    private static float[] Multiply(IWeightMatrix matrix, in ActivationBatch x)
    {
        var y = new float[x.Tokens * Rows];
        fixed (float* values = y)
        {
            matrix.Multiply(x, new OutputTile { Values = values, Stride = matrix.Rows, FirstRow = 0, RowCount = matrix.Rows });
        }

        return y[..(x.Tokens * matrix.Rows)];
    }

    private static void AssertExact(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, float actual)
    {
        double sum = 0;
        double magnitude = 0;
        for (int c = 0; c < x.Length; c++)
        {
            sum += (double)weights[c] * x[c];
            magnitude += Math.Abs((double)weights[c] * x[c]);
        }

        Assert.InRange(actual, sum - (1e-6 * magnitude), sum + (1e-6 * magnitude));
    }
}
