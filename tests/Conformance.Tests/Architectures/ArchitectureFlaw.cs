namespace Tessera.Conformance.Tests.Architectures;

/// <summary>What an architecture can get wrong.</summary>
public enum ArchitectureFlaw
{
    None,

    /// <summary>Scores have another factor.</summary>
    WrongScale,

    /// <summary>Logits are NaN.</summary>
    GivesNaN,

    /// <summary>The number of tokens in the batch goes into the logits.</summary>
    DependsOnTheBatch,

    /// <summary>Batches of more than 32 tokens are computed in another way, which rounds otherwise.</summary>
    TakesLongBatchesElsewhere,

    /// <summary>All tokens' logits are returned, asked for or not.</summary>
    IgnoresOutputs,

    /// <summary>Tokens attend to those after them.</summary>
    LooksAhead,

    /// <summary>The model counts its calls, and the count goes into the logits.</summary>
    KeepsState,

    /// <summary>Without an output matrix the embedding is taken, which this architecture does not have.</summary>
    MakesDo,

    /// <summary>The output matrix is as wide as the file says.</summary>
    TakesAnyShape,

    /// <summary>Parameters are divided by before they are looked at.</summary>
    DividesByParameters,
}
