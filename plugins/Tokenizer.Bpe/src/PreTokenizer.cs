namespace Tessera.Tokenizer.Bpe;

/// <summary>How a family of vocabularies cuts text into the words that merges stay within.</summary>
/// <param name="Names">The values of <c>tokenizer.ggml.pre</c> that mean it.</param>
/// <param name="Patterns">Applied one after another, each to every piece that the one before left; see <see cref="SplitPattern"/>.</param>
internal sealed record PreTokenizer(string[] Names, params string[] Patterns)
{
    /// <summary>A word that is a token as a whole becomes that token, whatever the merges would give.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>Whether a prompt begins with BOS where the file does not say.</summary>
    public bool AddBos { get; init; }

    /// <summary>A prompt begins with BOS even where the file says that it does not.</summary>
    public bool AlwaysAddsBos { get; init; }

    /// <summary>The text of a token that takes the white space before it, or null.</summary>
    public string? StripsLeft { get; init; }

    /// <summary>Whether the usual id stands for BOS where the file names none.</summary>
    public bool HasDefaultBos { get; init; } = true;

    /// <summary>
    /// Tokens are spelled in the byte alphabet; otherwise in plain UTF-8, with tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> for what has no token.
    /// </summary>
    public bool ByteLevel { get; init; } = true;

    /// <summary>Whether detokenized text loses the spaces before some punctuation, as llama.cpp does it.</summary>
    public bool CleansSpaces { get; init; } = true;

    /// <summary>Spaces are written as U+2581 within tokens.</summary>
    public bool EscapesSpaces { get; init; }

    /// <summary>A word of nothing but line feeds becomes its token, whatever the merges would give.</summary>
    public bool KeepsLineFeeds { get; init; }

    /// <summary>Whether a file without merges is an error.</summary>
    public bool NeedsMerges { get; init; } = true;
}
