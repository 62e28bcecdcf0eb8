namespace Tessera.Generation;

/// <summary>A token that may come next. Candidates are ordered by rank, the highest first, and then by id, so that no order is left to chance.</summary>
internal struct Candidate(int id, float logit) : IComparable<Candidate>
{
    public readonly int Id = id;

    public readonly float Logit = logit;

    /// <summary>What a step orders by.</summary>
    public double Rank = logit;

    /// <summary>Proportional to the probability; 1 for the likeliest candidate.</summary>
    public double Weight;

    public readonly bool Precedes(in Candidate other) => Rank > other.Rank || (Rank == other.Rank && Id < other.Id);

    public readonly int CompareTo(Candidate other) => Precedes(other) ? -1 : other.Precedes(this) ? 1 : 0;
}
