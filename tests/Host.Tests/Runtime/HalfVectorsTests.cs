using Tessera.Runtime.Vectors;

namespace Tessera.Host.Tests.Runtime;

public unsafe class HalfVectorsTests
{
    private static readonly ushort[] Finite = [.. Enumerable.Range(0, 65536).Select(bits => (ushort)bits).Where(bits => Half.IsFinite(Bits(bits)))];

    [Fact]
    public void Every_finite_half_survives_being_stored() =>
        Assert.Equal(Finite, Store([.. Finite.Select(bits => (float)Bits(bits))]));

    [Fact]
    public void Values_between_two_halves_become_the_nearest_and_ties_the_even_one()
    {
        for (int i = 0; i < Finite.Length - 1; i++)
        {
            (float a, float b) = ((float)Bits(Finite[i]), (float)Bits(Finite[i + 1]));
            if (Finite[i + 1] != Finite[i] + 1)
            {
                continue;
            }

            // The middle of two neighbours is a binary32 exactly.
            float middle = (a + b) / 2;
            ushort even = (Finite[i] & 1) == 0 ? Finite[i] : Finite[i + 1];
            Assert.Equal([even, Finite[i], Finite[i + 1]], Store(middle, Towards(middle, a), Towards(middle, b)));
        }
    }

    [Theory]
    [InlineData(65519, 65504)]
    [InlineData(65520, 65504)]
    [InlineData(1e30f, 65504)]
    [InlineData(float.PositiveInfinity, 65504)]
    [InlineData(float.NegativeInfinity, -65504)]
    public void What_is_too_large_becomes_the_largest_finite_value(float value, float expected) =>
        Assert.Equal(expected, (float)Bits(Store(value)[0]));

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(19)]
    public void What_is_not_a_number_stays_so(int count) =>
        Assert.All(Store([.. Enumerable.Repeat(float.NaN, count)]), bits => Assert.True(Half.IsNaN(Bits(bits))));

    private static float Towards(float value, float other) => value < other ? MathF.BitIncrement(value) : MathF.BitDecrement(value);

    private static Half Bits(ushort bits) => BitConverter.UInt16BitsToHalf(bits);

    private static ushort[] Store(params float[] values)
    {
        var halves = new ushort[values.Length];
        fixed (float* source = values)
        fixed (ushort* destination = halves)
        {
            HalfVectors.Store(source, destination, values.Length);
        }

        return halves;
    }
}
