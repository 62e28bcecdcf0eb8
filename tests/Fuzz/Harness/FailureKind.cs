namespace Tessera.Fuzz.Harness;

/// <summary>What must not happen.</summary>
internal enum FailureKind
{
    /// <summary>An exception that is not documented, or the end of the process.</summary>
    Crash,

    /// <summary>An input that takes more than its time.</summary>
    Hang,

    /// <summary>An input that takes more than its memory.</summary>
    OverAllocation,
}
