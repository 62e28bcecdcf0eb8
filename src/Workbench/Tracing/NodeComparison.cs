namespace Tessera.Workbench.Tracing;

/// <summary>How far one node of a trace is from the reference's. What one of them does not tell is null.</summary>
public sealed record NodeComparison
{
    /// <summary>The reference's node.</summary>
    public required TraceNode Reference { get; init; }

    /// <summary>The other trace's node.</summary>
    public required TraceNode Other { get; init; }

    /// <summary>The name, with <c>(1 of 2)</c> where a layer has several nodes of that name.</summary>
    public required string Name { get; init; }

    /// <summary>How many values both know.</summary>
    public required int Compared { get; init; }

    /// <summary>The first of these values.</summary>
    public required IReadOnlyList<(float Reference, float Other)> First { get; init; }

    /// <summary>
    /// Normalized mean squared error over the values that both know: <c>mean((y - x)²) / mean(x²)</c>, the mean square of the reference's whole
    /// node where its norm is known.
    /// </summary>
    public required double? Nmse { get; init; }

    /// <summary>Cosine of the angle between the values that both know.</summary>
    public required double? Cosine { get; init; }

    /// <summary><c>|L2 - L2 of the reference| / L2 of the reference</c>.</summary>
    public required double? L2Error { get; init; }

    /// <summary>
    /// <c>|sum - sum of the reference| / (L2 of the reference * sqrt(n))</c>: the sum of a node may be near 0, and this is never above the square root of the
    /// NMSE.
    /// </summary>
    public required double? SumError { get; init; }

    /// <summary>
    /// The relative error, <c>|y - x| / |x|</c>, as far as it is known: the largest of the square root of the NMSE and the errors of norm and sum, of
    /// which each is a lower bound for it. Infinite where one of the two is not finite and the other differs.
    /// </summary>
    public double Error => Max(Nmse is double nmse ? Math.Sqrt(nmse) : 0, L2Error ?? 0, SumError ?? 0);

    /// <summary>Whether all values of the node were compared.</summary>
    public bool IsWhole => Compared > 0 && Compared == Reference.Count;

    private static double Max(params ReadOnlySpan<double> errors)
    {
        double max = 0;
        foreach (double error in errors)
        {
            max = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(max, error);
        }

        return max;
    }
}
