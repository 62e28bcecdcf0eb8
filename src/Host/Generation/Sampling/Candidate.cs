namespace Tessera.Generation;

/// <summary>A token that may come next.</summary>
internal struct Candidate(int id, float logit)
{
    public readonly int Id = id;

    public readonly float Logit = logit;

    /// <summary>What a step orders by.</summary>
    public double Rank = logit;

    /// <summary>Proportional to the probability; 1 for the likeliest candidate.</summary>
    public double Weight;

    /// <summary>The higher rank comes first and then the lower id, so that no order is left to chance.</summary>
    public readonly bool Precedes(in Candidate other) => Rank > other.Rank || (Rank == other.Rank && Id < other.Id);
}
