using Tessera.Fuzz.Mutation;
using Tessera.Plugins;

namespace Tessera.Fuzz.Harness;

/// <summary>One way for bytes of strangers into the engine: what it is fed with, and what may come out.</summary>
internal abstract class FuzzTarget
{
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

    /// <summary>Whether this is how the target says that an input is bad. A plugin of ours that is blamed was not ready for it.</summary>
    public virtual bool Documents(Exception exception) => exception is TesseraException && !BlamesPlugin(exception);

    protected abstract IReadOnlyList<byte[]> MakeCorpus();

    private static bool BlamesPlugin(Exception exception) =>
        exception.InnerException is { } cause && PluginFailure.IsUnexplained(cause) && exception.Message.StartsWith("The plugin ", StringComparison.Ordinal);
}
