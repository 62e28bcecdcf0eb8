namespace Tessera.Fuzz.Harness;

/// <summary>What came of a target's inputs.</summary>
internal sealed record TargetResult(string Target, long Inputs, long Accepted, long Crashes, long Hangs, long OverAllocations, TimeSpan Time)
{
    public bool Failed => Inputs == 0 || Crashes + Hangs + OverAllocations > 0;
}
