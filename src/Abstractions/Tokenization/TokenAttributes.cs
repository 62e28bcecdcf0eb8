namespace Tessera.Tokenization;

/// <summary>What a token does to the text around it when it is recognized there.</summary>
[Flags]
public enum TokenAttributes
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Takes the white space before it.</summary>
    StripLeft = 1,
    /// <summary>Takes the white space after it.</summary>
    StripRight = 2,
}
