namespace Tessera.Tokenization;

/// <summary>A part of a prompt, by who has written it.</summary>
public readonly record struct PromptPart
{
    private PromptPart(string text, bool isTemplate)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text;
        IsTemplate = isTemplate;
    }

    /// <summary>The text; a lone surrogate counts as U+FFFD.</summary>
    public string Text { get; }

    /// <summary>Whether control tokens are recognized in it.</summary>
    public bool IsTemplate { get; }

    /// <summary>Text of the program, such as a chat template's: control tokens in it are what they stand for.</summary>
    public static PromptPart Template(string text) => new(text, isTemplate: true);

    /// <summary>
    /// Text of a user, or of a document: whatever it holds is text. Tokens that the vocabulary calls user-defined are recognized all the same.
    /// </summary>
    public static PromptPart Literal(string text) => new(text, isTemplate: false);
}
