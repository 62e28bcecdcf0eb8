namespace Tessera.Architectures;

/// <summary>Which experts the tokens of a batch go to, and how much each counts. It belongs to the forward pass and the layer that made it.</summary>
public abstract class Routing
{
    /// <summary>Tokens.</summary>
    public required int Tokens { get; init; }

    /// <summary>Experts for each token.</summary>
    public required int Chosen { get; init; }
}
