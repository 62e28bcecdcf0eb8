namespace Tessera.Tokenization;

/// <summary>A part of a prompt: plain text, or a special token that was recognized in it.</summary>
/// <param name="Start">Index of the first byte.</param>
/// <param name="End">Index after the last byte.</param>
/// <param name="Token">The special token's id, or -1 for plain text.</param>
internal readonly record struct TextFragment(int Start, int End, int Token = -1);
