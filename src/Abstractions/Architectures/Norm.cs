namespace Tessera.Architectures;

/// <summary>
/// How values are brought to one size: <c>x / sqrt(mean(x²) + epsilon) * weight + bias</c> (RMS norm, Zhang and Sennrich 2019), or with the mean taken off
/// first (layer norm, Ba et al. 2016).
/// </summary>
/// <param name="Weight">A factor for each value, or for each value of a group; null for 1.</param>
/// <param name="Epsilon">What keeps the root from zero.</param>
/// <param name="Bias">An addend for each value, or for each value of a group; null for 0.</param>
/// <param name="SubtractsMean">Whether it is a layer norm.</param>
public sealed record Norm(Vector? Weight, float Epsilon, Vector? Bias = null, bool SubtractsMean = false);
