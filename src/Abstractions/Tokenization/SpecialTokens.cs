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

    /// <summary>Whether a prompt begins with <see cref="Bos"/>.</summary>
    public bool AddBos { get; init; }

    /// <summary>Whether a prompt ends with <see cref="Eos"/>.</summary>
    public bool AddEos { get; init; }

    /// <summary>Whether a space goes before text at the start and after special tokens, and is taken off again when the text is put together.</summary>
    public bool AddSpacePrefix { get; init; }
}
