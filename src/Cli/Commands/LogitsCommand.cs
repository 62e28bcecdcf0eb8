using System.CommandLine;
using System.Runtime.InteropServices;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Options;
using Tessera.Generation;
using Tessera.Gguf.Files;
using Tessera.Loading;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera logits</c>: the logits of every position, for comparison.</summary>
internal sealed class LogitsCommand
{
    private const int BatchTokens = 256;

    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Option<int[]?> _ids = TokenIds.Option(required: true);
    private readonly Option<string> _out = new("--out", "-o")
    {
        Description = "The file to write: float32, little-endian, [positions, vocabulary].",
        HelpName = "FILE",
        Required = true,
    };
    private readonly ModelArguments _loading = new();
    private readonly Option<string?> _cacheType = CommonOptions.CacheType();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public static Command Create()
    {
        var logits = new LogitsCommand();
        var command = new Command("logits", "Writes the logits of every position to a file.")
        {
            logits._model, logits._ids, logits._out, logits._cacheType, logits._threads,
        };
        logits._loading.AddTo(command);
        command.SetAction(logits.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        int[] ids = arguments.GetRequiredValue(_ids)!;
        using var engine = new Engine(arguments);
        ModelOptions options = _loading.Read(arguments) with { Threads = arguments.GetValue(_threads) };
        using LanguageModel model = await engine.LoadAsync(arguments.GetRequiredValue(_model), options, cancellationToken);
        using IModelSession session = model.CreateSession(ids.Length, CommonOptions.CacheTypeOf(arguments.GetValue(_cacheType)));
        string path = Path.GetFullPath(arguments.GetRequiredValue(_out));
        using (OutputFile file = OutputFile.Create(path, model.InputFiles))
        {
            Write(session, ids, model.Shape.Vocabulary, file.Stream, cancellationToken);
            file.Complete();
        }

        Terminal.Note($"[{CommonOptions.Describe(model.Numerics, model.Threads)} | {ids.Length} positions x {model.Shape.Vocabulary} -> {path}]");
        return ExitCode.Success;
    }

    private static void Write(IModelSession session, int[] ids, int vocabulary, Stream file, CancellationToken cancellationToken)
    {
        var logits = new float[Math.Min(BatchTokens, ids.Length) * vocabulary];
        for (int first = 0; first < ids.Length; first += BatchTokens)
        {
            int count = Math.Min(BatchTokens, ids.Length - first);
            Span<float> batch = logits.AsSpan(0, count * vocabulary);
            session.Evaluate(ids.AsSpan(first, count), batch, cancellationToken);
            file.Write(MemoryMarshal.AsBytes(batch));
        }
    }
}
