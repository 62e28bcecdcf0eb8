namespace Tessera.Tokenization;

/// <summary>
/// What an <see cref="ITokenizer"/> implements besides, if it merges pieces to tokens and can tell how: <c>tessera compare --tokens
/// --explain-merges</c> asks it where its reading and another part.
/// </summary>
public interface ITokenizerExplainer
{
    /// <summary>What orders merges, for people: <c>rank</c> (the lowest first), <c>score</c> (the highest first).</summary>
    string MergeOrder { get; }

    /// <summary>Goes the way of <see cref="ITokenizer.Encode"/> and tells about it. The words' ids are those that Encode appends.</summary>
    /// <param name="text">UTF-16; a lone surrogate counts as U+FFFD.</param>
    /// <param name="afterSpecial">Whether the text begins the prompt or follows a special token.</param>
    IReadOnlyList<ExplainedWord> Explain(ReadOnlySpan<char> text, bool afterSpecial);

    /// <summary>The bytes that a token takes of <see cref="ExplainedWord.Text"/>; empty for one that stands for no text.</summary>
    /// <param name="id">A token id of the vocabulary.</param>
    ReadOnlyMemory<byte> PieceOf(int id);

    /// <summary>Whether two pieces may merge, and in which order.</summary>
    /// <param name="left">UTF-8 as in <see cref="ExplainedWord.Text"/>.</param>
    /// <param name="right">UTF-8 as in <see cref="ExplainedWord.Text"/>.</param>
    /// <param name="order">The merge's rank or score.</param>
    bool TryFindMerge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, out double order);
}
