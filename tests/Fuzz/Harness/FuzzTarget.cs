using Tessera.Fuzz.Mutation;

namespace Tessera.Fuzz.Harness;

/// <summary>One way for bytes of strangers into the engine: what it is fed with, and what may come out.</summary>
internal abstract class FuzzTarget
{
    /// <summary>The name of every input's file, but for its ending.</summary>
    public const string InputName = "input";

    private readonly Lazy<IReadOnlyList<byte[]>> _corpus;

    protected FuzzTarget() => _corpus = new(MakeCorpus);

    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>The ending that the input's file gets.</summary>
    public virtual string Extension => ".gguf";

    /// <summary>Managed bytes that a run may allocate beside twice its input.</summary>
    public abstract long FixedBytes { get; }

    /// <summary>Good files, which the mutations begin with. Each must be accepted.</summary>
    public IReadOnlyList<byte[]> Corpus => _corpus.Value;

    /// <summary>What knows the files' structure. Bytes are changed besides.</summary>
    public abstract IReadOnlyList<IMutator> Mutators { get; }

    /// <summary>Does with a file what the engine does.</summary>
    /// <exception cref="TesseraException">The file is refused.</exception>
    public abstract void Run(string path);

    /// <summary>What is wrong with the way in which an input is refused, or null. A plugin of ours that is blamed was not ready for the input.</summary>
    public virtual string? WhatIsWrongWith(Exception refusal) =>
        refusal is not TesseraException ? "an exception that is not documented"
        : BlamesPlugin(refusal) ? "a plugin of ours is blamed"
        : !refusal.Message.Contains($"{InputName}{Extension}", StringComparison.Ordinal) ? "the file is not named"
        : null;

    protected abstract IReadOnlyList<byte[]> MakeCorpus();

    private static bool BlamesPlugin(Exception exception) =>
        exception.Message.StartsWith("The plugin ", StringComparison.Ordinal) && exception.Message.Contains("') fails ", StringComparison.Ordinal);
}
