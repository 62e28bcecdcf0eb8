using Tessera.Pipeline;
using Tessera.Tracing;

namespace Tessera.Cli.Tracing;

/// <summary>One side of a comparison: a trace in a file, or a model that is still to be traced.</summary>
internal sealed class TraceSource
{
    private TraceSource(string path, Trace? trace)
    {
        Path = path;
        Trace = trace;
    }

    public string Path { get; }

    /// <summary>Null as long as a model was not traced.</summary>
    public Trace? Trace { get; private set; }

    public static TraceSource Open(string path) => new(path, IsModel(path) ? null : TraceFile.Read(path));

    public async Task TraceAsync(Engine engine, ModelOptions options, Func<LanguageModel, IReadOnlyList<int>> read, TraceOptions kept, CancellationToken cancellationToken)
    {
        using LanguageModel model = await engine.LoadAsync(Path, options, cancellationToken);
        Trace = ModelTracer.Run(model, read(model), kept, cancellationToken);
    }

    private static bool IsModel(string path)
    {
        if (!File.Exists(path))
        {
            throw new InputFileException(path, "there is no such file.");
        }

        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("GGUF"u8);
    }
}
