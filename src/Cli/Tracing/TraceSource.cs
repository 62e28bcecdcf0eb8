using Tessera.Cli.Application;
using Tessera.Generation;
using Tessera.Gguf.Files;
using Tessera.Loading;
using Tessera.Workbench.Tracing;

namespace Tessera.Cli.Tracing;

/// <summary>One side of a comparison: a trace in a file, or a model that is still to be traced.</summary>
internal sealed class TraceSource
{
    private TraceSource(string path, Trace? trace)
    {
        Path = path;
        InputFiles = [path];
        Trace = trace;
    }

    public string Path { get; }

    /// <summary>The trace's file, or those of the model.</summary>
    public IReadOnlyList<string> InputFiles { get; private set; }

    /// <summary>Null as long as a model was not traced.</summary>
    public Trace? Trace { get; private set; }

    public static TraceSource Open(string path) => new(path, InputFile.BeginsWith(path, "GGUF"u8) ? null : TraceFile.Read(path));

    public async Task TraceAsync(
        Engine engine, ModelOptions options, Func<LanguageModel, IReadOnlyList<int>> read, TraceOptions kept, CancellationToken cancellationToken)
    {
        using LanguageModel model = await engine.LoadAsync(Path, options, cancellationToken);
        InputFiles = model.InputFiles;
        Trace = ModelTracer.Run(model, read(model), kept, cancellationToken);
    }
}
