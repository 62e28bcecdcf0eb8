using Tessera.Numerics;
using Tessera.Quantization;
using Xunit;

namespace Tessera.Conformance.Quantization;

public abstract partial class QuantFormatConformance
{
    private const int NotFiniteTokens = 9;

    [Theory, SimdLevels]
    public void NaN_and_infinity_in_a_token_spoil_that_token_alone(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 17), rows: 19, NotFiniteBlocks, seed: 17);
        using IWeightMatrix bound = matrix.Bind(level, binding);
        int columns = matrix.Source.Columns;
        using TestActivations finite = ActivationsWithout0(columns, spoilt: -1, 0);
        float[] expected = Multiply(bound, finite.Batch, 0, bound.Rows);

        foreach (float value in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            for (int spoilt = 0; spoilt < NotFiniteTokens; spoilt += 4)
            {
                using TestActivations x = ActivationsWithout0(columns, spoilt, value);
                float[] y = Multiply(bound, x.Batch, 0, bound.Rows);
                AssertSpoilt(expected, y, i => i / bound.Rows == spoilt);
            }
        }
    }

    [Theory, SimdLevels]
    public void NaN_and_infinity_in_a_row_spoil_that_row_alone(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        const int Rows = 19;
        if (TestBlocks.NotFinite(Format, seed: 18) is not { } bad)
        {
            Assert.Skip("no block whose weights are all NaN or infinite was found");
            return;
        }

        byte[] blocks = Draw(TestBlocks.Random(Format, PoolBlocks, seed: 18), Rows, NotFiniteBlocks, seed: 18);
        int columns = NotFiniteBlocks * Format.Block.Elements;
        using TestActivations x = ActivationsWithout0(columns, spoilt: -1, 0);
        using TestMatrix finite = new(Format, blocks, Rows, columns);
        float[] expected = Multiply(finite, x, level, binding);
        foreach (int spoilt in (int[])[0, 7, Rows - 1])
        {
            byte[] changed = [.. blocks];
            bad.CopyTo(changed, ((spoilt * NotFiniteBlocks) + NotFiniteBlocks - 1) * bad.Length);
            using TestMatrix matrix = new(Format, changed, Rows, columns);
            AssertSpoilt(expected, Multiply(matrix, x, level, binding), i => i % Rows == spoilt);
        }
    }

    /// <summary>Blocks in a row: whole blocks of activations.</summary>
    private int NotFiniteBlocks => Format.Block.Elements % 32 == 0 ? 3 : 96;

    /// <summary>Activations of which none is 0, and a token that may have a scale of another kind.</summary>
    private static TestActivations ActivationsWithout0(int columns, int spoilt, float value)
    {
        var random = new Random(19);
        var quants = new sbyte[NotFiniteTokens * columns];
        for (int i = 0; i < quants.Length; i++)
        {
            quants[i] = (sbyte)(random.Next(2) == 0 ? random.Next(1, 128) : -random.Next(1, 128));
        }

        var scales = new float[quants.Length / 32];
        Array.Fill(scales, 0.03f);
        if (spoilt >= 0)
        {
            scales[(spoilt * columns / 32) + 1] = value;
        }

        return TestActivations.FromQuants(quants, scales, NotFiniteTokens);
    }

    private static void AssertSpoilt(float[] expected, float[] actual, Predicate<int> isSpoilt)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            if (isSpoilt(i))
            {
                Assert.False(float.IsFinite(actual[i]), $"result {i}: NaN or infinity went in and {actual[i]:R} came out");
            }
            else
            {
                Assert.True(BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                    $"result {i}: expected {expected[i]:R}, got {actual[i]:R}");
            }
        }
    }
}
