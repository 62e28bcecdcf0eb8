namespace Tessera.Generation;

/// <summary>One step of a generation.</summary>
/// <param name="Id">The token.</param>
/// <param name="Text">Text that is complete now. It may be empty, when a character or a possible stop string is still open, or belong to earlier
/// tokens.</param>
/// <param name="LogProbability">Natural logarithm of the token's probability under the model, before any sampler.</param>
/// <param name="Stop">Why this token is the last one, or <see cref="StopReason.None"/>.</param>
public readonly record struct GeneratedToken(int Id, string Text, float LogProbability, StopReason Stop);
