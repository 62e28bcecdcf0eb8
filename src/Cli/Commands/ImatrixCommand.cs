using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Options;
using Tessera.Gguf.Files;
using Tessera.Loading;
using Tessera.Workbench.Importance;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera imatrix</c>: how much each column of a model's matrices matters, for <c>quantize --imatrix</c>.</summary>
internal sealed class ImatrixCommand
{
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Option<string> _text = new("--file", "-f")
    {
        Description = "The text: what the model is for, some hundred thousand characters.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<string> _out = new("--out", "-o")
    {
        Description = "The file to write, in llama-imatrix' GGUF format.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<int> _context = new("--ctx", "-c")
    {
        Description = "Tokens that the model sees together.",
        HelpName = "TOKENS",
        DefaultValueFactory = _ => 512,
        CustomParser = argument => Number.Of(argument, 2, int.MaxValue),
    };
    private readonly ModelArguments _loading = new();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public static Command Create()
    {
        var imatrix = new ImatrixCommand();
        var command = new Command("imatrix", "Runs a model over a text and writes how much each column of its matrices matters, for quantize --imatrix.")
        {
            imatrix._model, imatrix._text, imatrix._out, imatrix._context, imatrix._threads,
        };
        imatrix._loading.AddTo(command);
        command.SetAction(imatrix.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string output = arguments.GetRequiredValue(_out);
        string path = arguments.GetRequiredValue(_text);
        byte[] text = InputFile.ReadAll(path);
        ModelOptions options = _loading.Read(arguments) with { Threads = arguments.GetValue(_threads) };
        using var engine = new Engine(arguments);
        var watch = Stopwatch.StartNew();
        var progress = new Observer<ImportanceProgress>();
        Task<int> collecting = engine.Importance.CollectAsync(
            arguments.GetRequiredValue(_model), text, path, output, arguments.GetValue(_context), options, progress, cancellationToken);
        int chunks = await ProgressDisplay.ShowAsync(
            "Collecting", collecting, () => progress.Latest is { TotalChunks: > 0 } p ? (double)p.Chunks / p.TotalChunks : 0);
        Terminal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"[{CommonOptions.NameOf(options.Numerics)} numerics | {chunks} x {arguments.GetValue(_context)} tokens | "
            + $"{watch.Elapsed.TotalSeconds:F1} s -> {output}]"));
        return ExitCode.Success;
    }
}
