using System.CommandLine;
using System.Globalization;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Loading;
using Tessera.Runtime.Processor;
using Tessera.Workbench.Explaining;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera explain</c>: what a model would run with, and why.</summary>
internal sealed class ExplainCommand
{
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly ModelArguments _loading = new();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string?> _tokenizer = CommonOptions.Tokenizer();
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var explain = new ExplainCommand();
        var command = new Command(
            "explain", "Shows what a model would run with, and why: the choice of each stage, and for each kind of tensor its plugin, kernel and place.")
        {
            explain._model, explain._threads, explain._tokenizer, explain._json,
        };
        explain._loading.AddTo(command);
        command.SetAction((arguments, cancellationToken) => Task.Run(() => explain.Execute(arguments, cancellationToken), cancellationToken));
        return command;
    }

    private int Execute(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var engine = new Engine(arguments);
        ModelOptions options = _loading.Read(arguments) with { Threads = arguments.GetValue(_threads), Tokenizer = arguments.GetValue(_tokenizer) };
        ModelExplanation explanation = engine.Explainer.Explain(arguments.GetRequiredValue(_model), options, cancellationToken);
        if (arguments.GetValue(_json))
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(new ExplainResult(
                explanation.Path,
                [.. explanation.Stages.Select(stage => new StageEntry(stage.Name, stage.Choice, stage.Reason))],
                [.. explanation.Tensors.Select(
                    t => new TensorClassEntry(t.Name, t.Shape, t.Count, t.Type, t.Plugin, t.Kernel, NameOf(t), t.Placement, t.FileBytes, t.MemoryBytes))])));
        }
        else
        {
            Show(explanation);
        }

        return ExitCode.Success;
    }

    private static void Show(ModelExplanation explanation)
    {
        var stages = new ReportTable("stage", "choice", "why");
        foreach (ExplainedStage stage in explanation.Stages)
        {
            stages.AddRow(stage.Name, stage.Choice, stage.Reason);
        }

        Terminal.Write(stages);
        ReportTable tensors = new ReportTable("tensors", "shape").AddNumbers("number")
            .Add("type", "plugin", "kernel", "instruction set", "place").AddNumbers("bytes in file", "in memory");
        foreach (ExplainedTensors t in explanation.Tensors)
        {
            tensors.AddRow(
                t.Name,
                string.Join(" x ", t.Shape),
                $"{t.Count}",
                t.Type,
                t.Plugin ?? StyledText.Of($"[red]missing[/]"),
                t.Kernel,
                NameOf(t) ?? "",
                t.Placement,
                t.FileBytes?.ToString("N0", CultureInfo.InvariantCulture) ?? "?",
                t.MemoryBytes.ToString("N0", CultureInfo.InvariantCulture));
        }

        Terminal.Write(tensors);
    }

    private static string? NameOf(ExplainedTensors tensors) => tensors.Simd is { } level ? ProcessorFeatures.NameOf(level) : null;
}
