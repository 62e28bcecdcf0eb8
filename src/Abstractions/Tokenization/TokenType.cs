namespace Tessera.Tokenization;

/// <summary>What a token is, with its number in <c>tokenizer.ggml.token_type</c> (GGUF specification).</summary>
public enum TokenType
{
    /// <summary>Not stated.</summary>
    Undefined = 0,
    /// <summary>A piece of text.</summary>
    Normal = 1,
    /// <summary>Stands for what the vocabulary cannot express.</summary>
    Unknown = 2,
    /// <summary>Steers the model, has no text of its own, and is recognized in text only when special tokens are parsed.</summary>
    Control = 3,
    /// <summary>Added by hand; recognized in every text.</summary>
    UserDefined = 4,
    /// <summary>Reserved.</summary>
    Unused = 5,
    /// <summary>One byte, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
    Byte = 6,
}
