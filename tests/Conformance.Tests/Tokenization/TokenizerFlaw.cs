namespace Tessera.Conformance.Tests.Tokenization;

/// <summary>What a tokenizer can get wrong.</summary>
public enum TokenizerFlaw
{
    None,

    /// <summary>Pieces are never found; every byte is a token.</summary>
    FindsNoPieces,

    /// <summary>The vocabulary does not know that a prompt begins with BOS.</summary>
    ForgetsBos,

    /// <summary>Spaces are lost on the way back.</summary>
    DropsSpaces,

    /// <summary>Bytes that continue a character are lost on the way back.</summary>
    DropsContinuations,

    /// <summary>A lone surrogate is an exception.</summary>
    FailsOnSurrogates,

    /// <summary>A lone surrogate at the very end is lost.</summary>
    LosesTheLastSurrogate,

    /// <summary>Even nothing gets a space before it.</summary>
    AddsASpaceToNothing,

    /// <summary>Characters beyond the first plane become question marks.</summary>
    KnowsOnePlane,

    /// <summary>The names of control tokens are found in any text.</summary>
    FindsControlTokens,

    /// <summary>Control tokens write their names.</summary>
    WritesControlTokens,

    /// <summary>The rest of the text is copied for each token.</summary>
    CopiesTheRest,

    /// <summary>Threads share a variable.</summary>
    SharesScratch,

    /// <summary>The explanation leaves out the last token.</summary>
    ExplainsLess,
}
