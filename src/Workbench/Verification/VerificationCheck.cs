namespace Tessera.Workbench.Verification;

/// <summary>One check of a model.</summary>
/// <param name="Name">Its name: <c>structure</c>, <c>shapes</c>, <c>weights</c>, <c>vocabulary</c>, <c>plugins</c>.</param>
/// <param name="Subject">What was looked at, in a few words.</param>
/// <param name="Findings">What it found; nothing where all is well.</param>
public sealed record VerificationCheck(string Name, string Subject, IReadOnlyList<Finding> Findings)
{
    /// <summary>Whether it found a fault.</summary>
    public bool Failed => Findings.Any(finding => finding.IsFault);
}
