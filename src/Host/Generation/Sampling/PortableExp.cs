namespace Tessera.Generation;

/// <summary>
/// The exponential function from additions and multiplications alone. <see cref="Math.Exp"/> is the C library's, whose last bit differs between
/// systems and would let a seed choose another token there.
/// </summary>
internal static class PortableExp
{
    // ln 2 in two parts: the first ends in 21 zero bits, so that its product with a small whole number is exact.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Log2E = 1.44269504088896340736;

    /// <summary>e^x for x of 0 or less, to about one unit in the last place; below -708, where results leave the normal numbers, 0.</summary>
    public static double OfNonPositive(double x)
    {
        if (!(x >= -708))
        {
            return 0;
        }

        // e^x = 2^n e^r with |r| <= ln(2) / 2, and e^r is its Taylor series, whose fourteenth term is below half a unit in the last place.
        double n = Math.Round(x * Log2E);
        double r = x - n * Ln2High - n * Ln2Low;
        double e = 1.0 / 6227020800;
        e = e * r + 1.0 / 479001600;
        e = e * r + 1.0 / 39916800;
        e = e * r + 1.0 / 3628800;
        e = e * r + 1.0 / 362880;
        e = e * r + 1.0 / 40320;
        e = e * r + 1.0 / 5040;
        e = e * r + 1.0 / 720;
        e = e * r + 1.0 / 120;
        e = e * r + 1.0 / 24;
        e = e * r + 1.0 / 6;
        e = e * r + 1.0 / 2;
        e = e * r + 1;
        e = e * r + 1;
        return e * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }
}
