namespace Tessera.Architectures;

/// <summary>How the hidden states of a text become one embedding.</summary>
public enum Pooling
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The first token's.</summary>
    First,

    /// <summary>The last token's.</summary>
    Last,

    /// <summary>A score of the whole text, from the first token's.</summary>
    Rank,
}
