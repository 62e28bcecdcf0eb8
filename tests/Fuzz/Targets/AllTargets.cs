using Tessera.Fuzz.Harness;

namespace Tessera.Fuzz.Targets;

/// <summary>Every way in.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<FuzzTarget> List { get; } =
    [
        new ParseTarget(),
        new LoadTarget(),
        new TokenizeTarget(),
        new GenerateTarget(),
        new VerifyTarget(),
        new ExplainTarget(),
        new InspectTarget(),
        new QuantizeTarget(),
        new TokenizerJsonTarget(),
        new TokenizerModelTarget(),
        new PackageTarget(),
        new LockFileTarget(),
        new TraceTarget(),
        new ImportanceTarget(),
        new JsonLinesTarget(),
        new SavedLogitsTarget(),
    ];
}
