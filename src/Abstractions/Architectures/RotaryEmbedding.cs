namespace Tessera.Architectures;

/// <summary>
/// Rotary position embedding: pair i of a head turns by <c>position * Frequencies[i]</c> radians, and the result is multiplied by
/// <see cref="Magnitude"/> (Su et al. 2021; YaRN: Peng et al. 2023).
/// </summary>
/// <param name="Frequencies">Radians per position for each pair; half as many as rotated values.</param>
/// <param name="Pairing">Which values form a pair.</param>
/// <param name="Magnitude">Factor of the rotated values; 1 without YaRN.</param>
public sealed record RotaryEmbedding(float[] Frequencies, RotaryPairing Pairing, float Magnitude = 1f);
