namespace Tessera.Architectures;

/// <summary>How scores of experts become a choice and its weights.</summary>
/// <param name="Chosen">Experts for each token.</param>
public sealed record RoutingRule(int Chosen)
{
    /// <summary>What makes probabilities of scores.</summary>
    public RoutingFunction Function { get; init; }

    /// <summary>Added to the probabilities for the choice alone, one for each expert (DeepSeek-AI 2024, "auxiliary-loss-free").</summary>
    public Vector? SelectionBias { get; init; }

    /// <summary>Groups that the experts form, one after the other; 1 for none.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Groups that are chosen from, those whose two best experts have the largest sum.</summary>
    public int ChosenGroups { get; init; } = 1;

    /// <summary>Whether the chosen weights are divided by their sum, which counts as 2^-14 at least.</summary>
    public bool Normalizes { get; init; }

    /// <summary>Factor of the weights.</summary>
    public float Scale { get; init; } = 1;
}
