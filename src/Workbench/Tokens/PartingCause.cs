namespace Tessera.Workbench.Tokens;

/// <summary>Why two readings of a text part.</summary>
public enum PartingCause
{
    /// <summary>One has a special token, such as BOS, where the other has none or another.</summary>
    SpecialToken,

    /// <summary>One puts a space before the text, the other does not.</summary>
    SpacePrefix,

    /// <summary>They spell different texts: the difference is before any merge.</summary>
    Text,

    /// <summary>The reference has a token across a border between words: another pre-tokenizer.</summary>
    WordBorder,

    /// <summary>The word is a token as a whole here, and merges are not asked.</summary>
    WholeWord,

    /// <summary>A merge here joins what the reference keeps apart.</summary>
    Merge,

    /// <summary>The reference joins what does not merge here.</summary>
    MissingMerge,

    /// <summary>The same piece has another id: another vocabulary.</summary>
    Vocabulary,
}
