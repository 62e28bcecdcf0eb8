namespace Tessera.Tokenization;

/// <summary>The ids of tokens with a role, and whether a prompt gets them. -1 where a vocabulary has none.</summary>
public sealed record SpecialTokens
{
    /// <summary>Beginning of sequence (<c>tokenizer.ggml.bos_token_id</c>).</summary>
    public int Bos { get; init; } = -1;

    /// <summary>End of sequence (<c>tokenizer.ggml.eos_token_id</c>).</summary>
    public int Eos { get; init; } = -1;

    /// <summary>Unknown (<c>tokenizer.ggml.unknown_token_id</c>).</summary>
    public int Unknown { get; init; } = -1;

    /// <summary>Separator (<c>tokenizer.ggml.seperator_token_id</c>, spelled so).</summary>
    public int Separator { get; init; } = -1;

    /// <summary>Padding (<c>tokenizer.ggml.padding_token_id</c>).</summary>
    public int Padding { get; init; } = -1;

    /// <summary>End of turn (<c>tokenizer.ggml.eot_token_id</c>).</summary>
    public int EndOfTurn { get; init; } = -1;

    /// <summary>End of message (<c>tokenizer.ggml.eom_token_id</c>).</summary>
    public int EndOfMessage { get; init; } = -1;

    /// <summary>Fill in the middle: before the text that precedes the gap (<c>tokenizer.ggml.fim_pre_token_id</c>).</summary>
    public int FimPrefix { get; init; } = -1;

    /// <summary>Fill in the middle: before the text that follows the gap (<c>tokenizer.ggml.fim_suf_token_id</c>).</summary>
    public int FimSuffix { get; init; } = -1;

    /// <summary>Fill in the middle: where the gap's text begins (<c>tokenizer.ggml.fim_mid_token_id</c>).</summary>
    public int FimMiddle { get; init; } = -1;

    /// <summary>Fill in the middle: padding (<c>tokenizer.ggml.fim_pad_token_id</c>).</summary>
    public int FimPadding { get; init; } = -1;

    /// <summary>Fill in the middle: before a repository's name (<c>tokenizer.ggml.fim_rep_token_id</c>).</summary>
    public int FimRepository { get; init; } = -1;

    /// <summary>Fill in the middle: between files (<c>tokenizer.ggml.fim_sep_token_id</c>).</summary>
    public int FimFileSeparator { get; init; } = -1;

    /// <summary>Whether a prompt begins with <see cref="Bos"/>.</summary>
    public bool AddBos { get; init; }

    /// <summary>Whether a prompt ends with <see cref="Eos"/>.</summary>
    public bool AddEos { get; init; }

    /// <summary>Whether a space goes before text at the start and after special tokens, and is taken off again when the text is put together.</summary>
    public bool AddSpacePrefix { get; init; }

    /// <summary>
    /// Whether a whole decoded text loses the spaces that word-wise tokenizers leave before punctuation (<c>" ."</c>, <c>" 's"</c>).
    /// No metadata key says it; it follows from the kind of tokenizer. Streamed text keeps them.
    /// </summary>
    public bool CleanSpaces { get; init; }
}
