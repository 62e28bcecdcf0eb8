namespace Tessera.Fuzz.Harness;

/// <summary>What came of a target's inputs.</summary>
internal sealed record TargetResult
{
    public required string Target { get; init; }

    public required long Inputs { get; init; }

    public required long Accepted { get; init; }

    public required long Crashes { get; init; }

    public required long Hangs { get; init; }

    public required long OverAllocations { get; init; }

    /// <summary>The most managed bytes beside twice the input that a good run took.</summary>
    public required long MostManaged { get; init; }

    /// <summary>The most bytes by which a good run raised what the process used at most.</summary>
    public required long MostProcess { get; init; }

    public required TimeSpan Time { get; init; }

    public bool Failed => Inputs == 0 || Crashes + Hangs + OverAllocations > 0;
}
