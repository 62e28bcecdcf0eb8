namespace Tessera.Tokenization;

/// <summary>A part of a prompt and its ids.</summary>
/// <param name="Fragment">The part.</param>
/// <param name="AfterSpecial">Whether it begins the prompt or follows a special token.</param>
/// <param name="FirstId">Index of its first id in the prompt's ids.</param>
/// <param name="Count">How many ids it has.</param>
internal readonly record struct EncodedFragment(TextFragment Fragment, bool AfterSpecial, int FirstId, int Count);
