using Tessera.Generation;

namespace Tessera.Host.Tests.Generation;

public class PortableExpTests
{
    [Fact]
    public void It_agrees_with_the_system_to_a_unit_in_the_last_place()
    {
        for (double x = 0; x >= -708; x -= 0.00731)
        {
            double expected = Math.Exp(x);
            Assert.InRange(PortableExp.OfNonPositive(x) / expected, 1 - 4.5e-16, 1 + 4.5e-16);
        }
    }

    /// <summary>Computed apart from this implementation, with IEEE 754 operations; the first three differ from a C library's in the last bit.</summary>
    [Theory]
    [InlineData(-0.751, 0x3FDE3384A9BA678A)]
    [InlineData(-214.981, 0x2C8CCCB34CA9F466)]
    [InlineData(-701.161, 0x00B5AEE2E6A154EC)]
    [InlineData(-0.25, 0x3FE8EBEF9EAC820B)]
    [InlineData(-3.0, 0x3FA97DB0CCCEB0AF)]
    [InlineData(-707.5, 0x00239B42358BDF31)]
    public void It_gives_the_same_bits_everywhere(double x, long bits)
    {
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(PortableExp.OfNonPositive(x)));
    }

    [Fact]
    public void Its_ends_are_exact()
    {
        Assert.Equal(1, PortableExp.OfNonPositive(0));
        Assert.Equal(1, PortableExp.OfNonPositive(-0.0));
        Assert.Equal(0, PortableExp.OfNonPositive(-709));
        Assert.Equal(0, PortableExp.OfNonPositive(double.NegativeInfinity));
    }
}
