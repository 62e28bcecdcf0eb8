namespace Tessera.Tokenization;

/// <summary>Two neighbouring pieces of a word that became one. Offsets are bytes of <see cref="ExplainedWord.Text"/>.</summary>
/// <param name="Start">Where the left piece begins.</param>
/// <param name="Middle">Where the right piece begins.</param>
/// <param name="End">Where the right piece ends.</param>
/// <param name="Order">The merge's rank or score, as <see cref="ITokenizerExplainer.MergeOrder"/> says.</param>
public readonly record struct MergeStep(int Start, int Middle, int End, double Order);
