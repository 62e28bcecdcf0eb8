namespace Tessera.Workbench.Verification;

/// <summary>What is wrong with a model, and with the plugins that serve it on this machine.</summary>
/// <param name="Path">The model's file.</param>
/// <param name="Checks">The checks, in their order.</param>
/// <param name="LacksPlugin">Whether a format, tokenizer or architecture that it needs is served by no plugin, or by several.</param>
public sealed record ModelVerification(string Path, IReadOnlyList<VerificationCheck> Checks, bool LacksPlugin)
{
    /// <summary>The name of the check of plugins; the others are about the file.</summary>
    internal const string PluginCheck = "plugins";

    /// <summary>Faults of all checks.</summary>
    public int Faults => Checks.Sum(check => check.Findings.Count(finding => finding.IsFault));

    /// <summary>Whether the file itself has a fault.</summary>
    public bool FileFailed => Checks.Any(check => check.Failed && check.Name != PluginCheck);
}
