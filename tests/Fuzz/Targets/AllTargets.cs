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
        new SequenceTarget(),
    ];

    /// <summary>A target by its name; a flawed one is no part of the list.</summary>
    public static FuzzTarget Find(string name) =>
        List.Concat(Enum.GetValues<Flaw>().Select(flaw => new FlawedTarget(flaw))).FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"There is no target '{name}'; there are {string.Join(", ", List.Select(target => target.Name))}.");
}
