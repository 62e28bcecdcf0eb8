using Tessera.Numerics;
using Tessera.Quantization;
using Xunit;

namespace Tessera.Conformance.Quantization;

public abstract partial class QuantFormatConformance
{
    [Theory, SimdLevels]
    public void Products_equal_the_references_dot_products(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        GoldenQuants golden = ReadGolden();
        using TestMatrix matrix = GoldenMatrix(golden);
        using TestActivations x = golden.ReadActivations(GoldenFile);

        float[] y = Multiply(matrix, x, level, binding);

        float[] expected = Golden.Floats(GoldenFile($"{goldenName}.dot.f32"));
        for (int row = 0; row < golden.Rows; row++)
        {
            AssertClose(expected[row], y[row], Math.Abs(expected[row]), Tolerance, row);
        }
    }

    [Theory, SimdLevels]
    public void Products_with_golden_weights_equal_the_exact_ones(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = GoldenMatrix(ReadGolden());
        using TestActivations x = TestActivations.Encode(Golden.Floats(GoldenFile("activations.f32")), 1);
        using IWeightMatrix bound = matrix.Bind(level, binding);

        float[] y = Multiply(matrix, x, level, binding);

        double[] decoded = x.Decode(bound.Reads, 0);
        for (int row = 0; row < matrix.Source.Rows; row++)
        {
            // A sum that nearly cancels is no closer than binary32 can be: a 256th of the tolerance is less than a rounding of the magnitudes.
            double exact = Dot(matrix.Row(row), decoded, out double magnitude);
            AssertClose(exact, y[row], Math.Max(Math.Abs(exact), magnitude / 256), Tolerance, row);
        }
    }

    [Theory, SimdLevels]
    public void Random_bit_patterns_give_the_exact_products_and_the_scalar_ones(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        byte[] pool = TestBlocks.Random(Format, PoolBlocks, seed: 3);
        foreach (int blocksPerRow in (int[])[1, 2, 5, 8])
        {
            using TestMatrix matrix = Pool(pool, rows: 24, blocksPerRow, seed: blocksPerRow);
            using TestActivations x = RandomActivations(tokens: 5, matrix.Source.Columns, seed: blocksPerRow);
            AssertProducts(matrix, x, level, binding);
        }
    }

    [Theory, SimdLevels]
    public void Extreme_weights_and_activations_do_not_saturate(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        byte[] pool = TestBlocks.Extreme(Format, PoolBlocks, seed: 4);
        foreach (int blocksPerRow in (int[])[1, 4])
        {
            using TestMatrix matrix = Pool(pool, rows: PoolBlocks, blocksPerRow, seed: 4);
            using TestActivations x = ExtremeActivations(matrix);
            AssertProducts(matrix, x, level, binding);
        }
    }

    [Theory, SimdLevels]
    public void Activations_of_zero_give_zero(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 5), rows: 4, blocksPerRow: 3, seed: 5);
        using TestActivations x = TestActivations.Encode(new float[2 * matrix.Source.Columns], 2);

        Assert.All(Multiply(matrix, x, level, binding), value => Assert.Equal(0f, value));
    }

    /// <summary>All 127, all -127, in turns, by chance, and with the signs of the first rows' weights, which adds every product up.</summary>
    private static TestActivations ExtremeActivations(TestMatrix matrix)
    {
        const int Tokens = 9;
        int columns = matrix.Source.Columns;
        var random = new Random(6);
        var quants = new sbyte[Tokens * columns];
        for (int i = 0; i < quants.Length; i++)
        {
            int token = i / columns;
            bool negative = token switch
            {
                0 => false,
                1 => true,
                2 => i % 2 != 0,
                3 => random.Next(2) != 0,
                _ => matrix.Row(token - 4)[i % columns] < 0,
            };
            quants[i] = (sbyte)(negative ? -127 : 127);
        }

        var scales = new float[Tokens * ((columns + 31) / 32)];
        Array.Fill(scales, 0.5f);
        return TestActivations.FromQuants(quants, scales, Tokens);
    }

    private static void AssertProducts(TestMatrix matrix, TestActivations x, SimdLevel level, Binding binding)
    {
        float[] y = Multiply(matrix, x, level, binding);
        float[] scalar = level == SimdLevel.Scalar && binding == Binding.Mapped ? y : Multiply(matrix, x, SimdLevel.Scalar, Binding.Mapped);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        for (int token = 0; token < x.Batch.Tokens; token++)
        {
            double[] decoded = x.Decode(bound.Reads, token);
            for (int row = 0; row < matrix.Source.Rows; row++)
            {
                int i = (token * matrix.Source.Rows) + row;
                double exact = Dot(matrix.Row(row), decoded, out double magnitude);
                AssertClose(exact, y[i], magnitude, Tolerance, row);
                AssertClose(scalar[i], y[i], magnitude, LevelTolerance, row);
            }
        }
    }

    private TestMatrix GoldenMatrix(GoldenQuants golden) =>
        new(Format, File.ReadAllBytes(GoldenFile($"{goldenName}.blocks")), golden.Rows, golden.Columns);

    private static double Dot(ReadOnlySpan<float> weights, double[] x, out double magnitude)
    {
        double sum = 0;
        magnitude = 0;
        for (int c = 0; c < x.Length; c++)
        {
            sum += weights[c] * x[c];
            magnitude += Math.Abs(weights[c] * x[c]);
        }

        return sum;
    }

    private static void AssertClose(double expected, float actual, double magnitude, double tolerance, int row) =>
        Assert.True(
            Math.Abs(actual - expected) <= tolerance * magnitude,
            $"row {row}: expected {expected:R}, got {actual:R}, which is off by {Math.Abs(actual - expected) / magnitude:E1}, more than {tolerance:E1}");
}
