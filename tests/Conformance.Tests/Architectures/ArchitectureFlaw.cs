namespace Tessera.Conformance.Tests.Architectures;

/// <summary>What an architecture can get wrong.</summary>
public enum ArchitectureFlaw
{
    None,

    /// <summary>Scores have another factor.</summary>
    WrongScale,

    /// <summary>The first logit is NaN.</summary>
    GivesNaN,

    /// <summary>The number of tokens in the batch goes into the logits.</summary>
    DependsOnTheBatch,

    /// <summary>All tokens' logits are returned, asked for or not.</summary>
    IgnoresOutputs,

    /// <summary>The batch's last token is added to all.</summary>
    LooksAhead,

    /// <summary>The model keeps a token from one call to the next.</summary>
    KeepsState,

    /// <summary>Without an output matrix the embedding is taken, which this architecture does not have.</summary>
    MakesDo,

    /// <summary>The output matrix is as wide as the file says.</summary>
    TakesAnyShape,

    /// <summary>Parameters are divided by before they are looked at.</summary>
    DividesByParameters,
}
