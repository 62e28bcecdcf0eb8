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

    [Fact]
    public void Its_ends_are_exact()
    {
        Assert.Equal(1, PortableExp.OfNonPositive(0));
        Assert.Equal(1, PortableExp.OfNonPositive(-0.0));
        Assert.Equal(0, PortableExp.OfNonPositive(-709));
        Assert.Equal(0, PortableExp.OfNonPositive(double.NegativeInfinity));
    }
}
