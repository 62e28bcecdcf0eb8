using Tessera.Numerics;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

/// <summary>The encoder against the definition of <see cref="ActivationParts.Q8"/>.</summary>
public sealed unsafe class ActivationEncoderTests : IDisposable
{
    private readonly WorkerPool _pool = new(2);
    private readonly ActivationEncoder _encoder = new();

    public void Dispose()
    {
        _encoder.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 32)]
    [InlineData(2, 33)]
    [InlineData(3, 64)]
    [InlineData(9, 96)]
    [InlineData(5, 100)]
    [InlineData(2, 256)]
    [InlineData(3, 257)]
    [InlineData(2, 896)]
    public void Integers_are_the_rounded_values_over_the_scale_and_sums_are_their_sums(int tokens, int columns)
    {
        using TestTensor x = TestTensor.Random(tokens, columns, columns, spread: 7);

        ActivationBatch batch = _encoder.Encode(_pool, x.Tensor, ActivationParts.Q8);

        Assert.Equal(tokens, batch.Tokens);
        Assert.Equal(columns, batch.Columns);
        Assert.Equal(((columns + 63) / 64) | 1, batch.QuantStride / 64.0);
        Assert.True(x.Values.SequenceEqual(new ReadOnlySpan<float>(batch.Values, tokens * columns)));
        Assert.Equal(columns, batch.ValueStride);
        for (int token = 0; token < tokens; token++)
        {
            float[] padded = [.. x.Tensor.Row(token), .. new float[batch.QuantStride - columns]];
            for (int block = 0; block < batch.QuantStride / 32; block++)
            {
                ExpectBlock(padded.AsSpan(block * 32, 32), new ReadOnlySpan<sbyte>(batch.QuantsOf(token) + (block * 32), 32), batch.ScalesOf(token)[block]);
                int sum = batch.SumsOf(token)[2 * block] + batch.SumsOf(token)[(2 * block) + 1];
                Assert.Equal(batch.ScalesOf(token)[block] * sum, batch.ScaledSumsOf(token)[block]);
            }

            for (int i = 0; i < batch.QuantStride / 4; i++)
            {
                float* sums = batch.ScaledSumsOf(token) + (i / 16 * 2);
                Assert.Equal((i % 4 * sums[0]) + (i % 16 / 4 * sums[1]), batch.SumTablesOf(token)[i]);
            }

            for (int i = 0; i < batch.QuantStride / 16; i++)
            {
                int sum = 0;
                for (int column = 16 * i; column < 16 * (i + 1); column++)
                {
                    sum += batch.QuantsOf(token)[column];
                }

                Assert.Equal(sum, batch.SumsOf(token)[i]);
                Assert.Equal(-128 * sum, batch.OffsetsOf(token)[i]);
            }
        }
    }

    [Fact]
    public void Zeros_are_zeros_with_a_scale_of_zero()
    {
        using var x = new TestTensor(1, 64);
        using TestTensor noise = TestTensor.Random(1, 64);
        _encoder.Encode(_pool, noise.Tensor, ActivationParts.Q8);

        ActivationBatch batch = _encoder.Encode(_pool, x.Tensor, ActivationParts.Q8);

        Assert.True(new ReadOnlySpan<sbyte>(batch.Quants, 64).IndexOfAnyExcept((sbyte)0) < 0);
        Assert.Equal([0, 0], [batch.Scales[0], batch.Scales[1]]);
        Assert.Equal([0, 0, 0, 0], [batch.Sums[0], batch.Sums[1], batch.Sums[2], batch.Sums[3]]);
    }

    [Theory]
    [InlineData(1e-45f)]
    [InlineData(1e-40f)]
    [InlineData(1e-37f)]
    [InlineData(1e-20f)]
    [InlineData(1e20f)]
    [InlineData(3e38f)]
    public void Values_of_every_magnitude_keep_within_the_integers_range(float magnitude)
    {
        using TestTensor x = TestTensor.Random(1, 32, 5, magnitude);
        x.Values[3] = magnitude;
        x.Values[4] = 0;

        ActivationBatch batch = _encoder.Encode(_pool, x.Tensor, ActivationParts.Q8);

        for (int i = 0; i < 32; i++)
        {
            Assert.InRange(batch.Quants[i], -127, 127);
            Assert.Equal(x.Values[i], batch.Quants[i] * batch.Scales[0], MathF.Max(magnitude / 200, 1e-36f));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_no_number_is_not_hidden(float value)
    {
        using TestTensor x = TestTensor.Random(1, 64);
        x.Values[40] = value;

        ActivationBatch batch = _encoder.Encode(_pool, x.Tensor, ActivationParts.Q8);

        Assert.True(float.IsFinite(batch.Scales[0]));
        Assert.False(float.IsFinite(batch.Scales[1]));
    }

    [Fact]
    public void The_scale_is_the_best_of_sixteen()
    {
        using TestTensor x = TestTensor.Random(40, 32, 17);

        ActivationBatch batch = _encoder.Encode(_pool, x.Tensor, ActivationParts.Q8);

        double chosen = 0;
        double best = 0;
        for (int token = 0; token < 40; token++)
        {
            float[] values = x.Tensor.Row(token).ToArray();
            float[] quants = [.. Enumerable.Range(0, 32).Select(i => (float)batch.QuantsOf(token)[i])];
            chosen += SquaredError(values, quants, batch.ScalesOf(token)[0]);
            best += Enumerable.Range(0, 16).Min(step =>
            {
                float scale = values.Max(MathF.Abs) / (127 - (0.3f * step));
                return SquaredError(values, [.. values.Select(v => MathF.Round(v / scale))], scale);
            });
        }

        // Errors are compared with 7 fractional bits, and the candidates are rounded to 9.
        Assert.InRange(chosen / best, 0.97, 1.03);
    }

    [Fact]
    public void The_scale_leaves_no_more_error_than_that_of_the_largest_value_at_127()
    {
        using TestTensor x = TestTensor.Random(50, 32, 11);
        double chosen = 0;
        double plain = 0;

        ActivationBatch batch = _encoder.Encode(_pool, x.Tensor, ActivationParts.Q8);

        for (int token = 0; token < 50; token++)
        {
            float[] values = x.Tensor.Row(token).ToArray();
            float scale = values.Max(MathF.Abs) / 127;
            float[] quants = [.. Enumerable.Range(0, 32).Select(i => (float)batch.QuantsOf(token)[i])];
            double error = SquaredError(values, quants, batch.ScalesOf(token)[0]);
            double plainError = SquaredError(values, [.. values.Select(v => MathF.Round(v / scale))], scale);

            // Errors are compared with 7 fractional bits.
            Assert.InRange(error, 0, plainError * 1.01);
            chosen += error;
            plain += plainError;
        }

        Assert.InRange(chosen / plain, 0, 0.9);
    }

    [Fact]
    public void A_tokens_encoding_does_not_depend_on_its_batch()
    {
        using TestTensor x = TestTensor.Random(11, 70, 3);
        ActivationBatch all = _encoder.Encode(_pool, x.Tensor, ActivationParts.Q8);
        using var alone = new ActivationEncoder();
        for (int token = 0; token < 11; token++)
        {
            ActivationBatch one = alone.Encode(_pool, x.Rows(token, 1), ActivationParts.Q8);

            Assert.True(new ReadOnlySpan<sbyte>(all.QuantsOf(token), 128).SequenceEqual(new ReadOnlySpan<sbyte>(one.Quants, 128)));
            Assert.True(new ReadOnlySpan<float>(all.ScalesOf(token), 4).SequenceEqual(new ReadOnlySpan<float>(one.Scales, 4)));
            Assert.True(new ReadOnlySpan<short>(all.SumsOf(token), 8).SequenceEqual(new ReadOnlySpan<short>(one.Sums, 8)));
            Assert.True(new ReadOnlySpan<float>(all.ScaledSumsOf(token), 4).SequenceEqual(new ReadOnlySpan<float>(one.ScaledSums, 4)));
            Assert.True(new ReadOnlySpan<float>(all.SumTablesOf(token), 32).SequenceEqual(new ReadOnlySpan<float>(one.SumTables, 32)));
        }
    }

    [Fact]
    public void Plain_values_are_the_tensors_own()
    {
        using TestTensor x = TestTensor.Random(3, 5);

        ActivationBatch batch = _encoder.Encode(_pool, x.Tensor, ActivationParts.Values);

        Assert.True(batch.Values == x.Tensor.Data);
        Assert.Equal(5, batch.ValueStride);
        Assert.Equal(3, batch.Tokens);
        Assert.True(batch.Quants == null);
    }

    [Theory]
    [InlineData(ActivationParts.Quants)]
    [InlineData(ActivationParts.Quants | ActivationParts.Sums)]
    [InlineData(ActivationParts.Quants | ActivationParts.Offsets)]
    [InlineData(ActivationParts.Quants | ActivationParts.SumTables | ActivationParts.ScaledSums)]
    [InlineData(ActivationParts.Values | ActivationParts.Quants | ActivationParts.ScaledSums)]
    public void Only_the_parts_that_are_read_are_there_and_they_are_the_same(ActivationParts parts)
    {
        using TestTensor x = TestTensor.Random(3, 200, 3);
        using var other = new ActivationEncoder();
        ActivationBatch whole = other.Encode(_pool, x.Tensor, ActivationParts.Q8);

        ActivationBatch batch = _encoder.Encode(_pool, x.Tensor, parts);

        int quants = 3 * batch.QuantStride;
        Assert.True(new ReadOnlySpan<sbyte>(whole.Quants, quants).SequenceEqual(new ReadOnlySpan<sbyte>(batch.Quants, quants)));
        Assert.True(new ReadOnlySpan<float>(whole.Scales, quants / 32).SequenceEqual(new ReadOnlySpan<float>(batch.Scales, quants / 32)));
        Expect(parts.HasFlag(ActivationParts.Sums), batch.Sums, whole.Sums, quants / 16);
        Expect(parts.HasFlag(ActivationParts.Offsets), batch.Offsets, whole.Offsets, quants / 16);
        Expect(parts.HasFlag(ActivationParts.ScaledSums), batch.ScaledSums, whole.ScaledSums, quants / 32);
        Expect(parts.HasFlag(ActivationParts.SumTables), batch.SumTables, whole.SumTables, quants / 4);
    }

    private static void Expect<T>(bool isThere, T* actual, T* expected, int count)
        where T : unmanaged, IEquatable<T>
    {
        Assert.Equal(isThere, actual != null);
        Assert.True(!isThere || new ReadOnlySpan<T>(expected, count).SequenceEqual(new ReadOnlySpan<T>(actual, count)));
    }

    private static void ExpectBlock(ReadOnlySpan<float> x, ReadOnlySpan<sbyte> quants, float scale)
    {
        float largest = 0;
        foreach (float value in x)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        // The scale may be rounded, so a value within a hair of a tie may fall to either side.
        Assert.InRange(scale, largest / 127 * 0.999999f, largest / 122 * 1.000001f);
        for (int i = 0; i < 32; i++)
        {
            double exact = scale == 0 ? 0 : x[i] / (double)scale;
            Assert.InRange(quants[i], -127, 127);
            Assert.True(quants[i] == Math.Round(exact) || Math.Abs(Math.Abs(exact - quants[i]) - 0.5) < 1e-4);
        }
    }

    private static double SquaredError(float[] values, float[] quants, float scale) => values.Zip(quants, (v, q) => Math.Pow(v - ((double)q * scale), 2)).Sum();
}
