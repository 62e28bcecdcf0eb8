using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;

namespace Tessera.Kernels.Tests;

public sealed class RoundingTests
{
    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(1.5f, 2)]
    [InlineData(-0.5f, 0)]
    [InlineData(-2.5f, -2)]
    [InlineData(2.4999998f, 2)]
    [InlineData(-4194303f, -4194303)]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, -4194304)]
    public void The_nearest_integer_is_the_even_one_of_two_and_what_the_reference_has_of_what_is_no_integer(float value, int expected)
    {
        Assert.Equal(expected, NearestInteger.Of(value));
        Assert.Equal(Vector256.Create((float)expected), NearestInteger.Of(Vector256.Create(value)));
    }

    [Theory]
    [InlineData(0.5f, 1)]
    [InlineData(0.49999997f, 0)]
    [InlineData(-0.5f, -1)]
    [InlineData(-0.49999997f, 0)]
    [InlineData(2.5f, 3)]
    [InlineData(-126.5f, -127)]
    public void Halves_are_rounded_away_from_zero(float value, int expected) =>
        Assert.Equal(Vector256.Create(expected), HalfAway.Round(Vector256.Create(value)));
}
