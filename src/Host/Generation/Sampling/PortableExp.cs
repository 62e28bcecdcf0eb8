using System.Runtime.Intrinsics;

namespace Tessera.Generation;

/// <summary>
/// The exponential function from additions and multiplications alone. <see cref="Math.Exp"/> is the C library's, whose last bit differs between
/// systems, and the vector classes' own fuses operations where the processor can; either would let a seed choose another token there.
/// </summary>
internal static class PortableExp
{
    // ln 2 in two parts: the first ends in 21 zero bits, so that its product with a small whole number is exact.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Log2E = 1.44269504088896340736;

    // 1.5 x 2^52: a number of less than 2^51 added to it is rounded to a whole one, which stands in the sum's lowest bits.
    private const double Rounder = 6755399441055744.0;

    /// <inheritdoc cref="OfNonPositive(Vector256{double})"/>
    public static double OfNonPositive(double x) => OfNonPositive(Vector256.Create(x)).ToScalar();

    /// <summary>e^x for x of 0 or less, to about one unit in the last place; below -708, where results leave the normal numbers, 0.</summary>
    public static Vector256<double> OfNonPositive(Vector256<double> x)
    {
        Vector256<double> inRange = Vector256.GreaterThanOrEqual(x, Vector256.Create(-708.0));
        x &= inRange;

        // e^x = 2^n e^r with |r| <= ln(2) / 2, and e^r is its Taylor series, whose fourteenth term is below half a unit in the last place.
        Vector256<double> rounded = x * Log2E + Vector256.Create(Rounder);
        Vector256<double> n = rounded - Vector256.Create(Rounder);
        Vector256<double> r = x - n * Ln2High - n * Ln2Low;
        Vector256<double> e = Vector256.Create(1.0 / 6227020800);
        e = e * r + Vector256.Create(1.0 / 479001600);
        e = e * r + Vector256.Create(1.0 / 39916800);
        e = e * r + Vector256.Create(1.0 / 3628800);
        e = e * r + Vector256.Create(1.0 / 362880);
        e = e * r + Vector256.Create(1.0 / 40320);
        e = e * r + Vector256.Create(1.0 / 5040);
        e = e * r + Vector256.Create(1.0 / 720);
        e = e * r + Vector256.Create(1.0 / 120);
        e = e * r + Vector256.Create(1.0 / 24);
        e = e * r + Vector256.Create(1.0 / 6);
        e = e * r + Vector256.Create(1.0 / 2);
        e = e * r + Vector256<double>.One;
        e = e * r + Vector256<double>.One;

        // n is added to the exponent, which begins at bit 52.
        return (e.AsInt64() + (rounded.AsInt64() << 52)).AsDouble() & inRange;
    }
}
