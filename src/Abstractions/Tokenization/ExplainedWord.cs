namespace Tessera.Tokenization;

/// <summary>A part of a text across whose ends nothing merges: what a pre-tokenizer cuts, or the whole text.</summary>
/// <param name="Text">UTF-8 as it is merged: normalized, with spaces escaped, with a space prefix.</param>
/// <param name="Merges">The merges in their order; none where the word is a token as a whole and merges are not asked.</param>
/// <param name="Ids">What came of it.</param>
public sealed record ExplainedWord(ReadOnlyMemory<byte> Text, IReadOnlyList<MergeStep> Merges, IReadOnlyList<int> Ids);
