using System.CommandLine;
using System.Text;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Cli.Tracing;
using Tessera.Generation;
using Tessera.Gguf.Files;
using Tessera.Loading;
using Tessera.Workbench.Tracing;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera trace</c>: what every node of the forward pass holds.</summary>
internal sealed class TraceCommand
{
    private const string All = "all";

    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly PromptArguments _prompt = new();
    private readonly ModelArguments _loading = new();
    private readonly Option<string?> _node = TraceArguments.Node();
    private readonly Option<string?> _positions = TraceArguments.Positions();
    private readonly Option<int> _values = new("--values")
    {
        Description = "How many of a node's first values are shown.",
        HelpName = "N|all",
        DefaultValueFactory = _ => 8,
        CustomParser = argument => argument.Tokens is [{ Value: All }] ? int.MaxValue : Number.Of(argument, 0, int.MaxValue),
    };

    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _out = new("--out", "-o") { Description = "The file to write the JSON to, for 'tessera compare'.", HelpName = "FILE" };

    public static Command Create()
    {
        var trace = new TraceCommand();
        var command = new Command("trace", "Runs a prompt through a model once and shows what each node of the forward pass holds, by llama.cpp's names.")
        {
            trace._model, trace._node, trace._values, trace._positions, trace._json, trace._out,
        };
        trace._prompt.AddTo(command);
        trace._loading.AddTo(command);
        command.SetAction(trace.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var engine = new Engine(arguments);
        ModelOptions options = _prompt.Complete(_loading.Read(arguments), arguments);
        using LanguageModel model = await engine.LoadAsync(arguments.GetRequiredValue(_model), options, cancellationToken);
        var kept = new TraceOptions
        {
            Positions = TraceArguments.PositionsOf(arguments.GetValue(_positions)),
            Values = arguments.GetValue(_values),
            Nodes = arguments.GetValue(_node),
        };
        using OutputFile? output = arguments.GetValue(_out) is { } path ? OutputFile.Create(path, model.InputFiles) : null;
        Trace trace = ModelTracer.Run(model, _prompt.Read(arguments, model), kept, cancellationToken);
        if (trace.Nodes.Count == 0)
        {
            throw new TesseraException(kept.Nodes is null ? "The architecture names no node." : $"No node's name matches '{kept.Nodes}'.");
        }

        if (output is not null)
        {
            output.Stream.Write(Encoding.UTF8.GetBytes(CliJson.Serialize(ResultOf(trace)) + "\n"));
            output.Complete();
        }

        if (arguments.GetValue(_json))
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(ResultOf(trace)));
        }
        else if (output is null)
        {
            Show(trace);
        }

        Terminal.Note(
            $"[{CommonOptions.Describe(model.Numerics, model.Threads)} | {trace.Nodes.Count} nodes of "
            + $"{(trace.Positions == TracePositions.All ? "all" : "the last of")} {trace.Tokens!.Count} tokens]");
        return ExitCode.Success;
    }

    private static TraceResult ResultOf(Trace trace) => new()
    {
        Model = trace.Source,
        Numerics = trace.Numerics,
        Positions = TraceArguments.NameOf(trace.Positions),
        Tokens = trace.Tokens,
        Nodes = [.. trace.Nodes.Select(node => new TraceEntry
        {
            Name = node.Name,
            Shape = [node.Columns, node.Rows],
            Sum = node.Sum,
            L2 = node.L2,
            Nan = node.NaNs,
            Inf = node.Infinities,
            First = node.Values,
        })],
    };

    private static void Show(Trace trace)
    {
        ReportTable table = new ReportTable("node").AddNumbers("shape", "sum", "L2 norm", "NaN", "inf").Add("first values");
        foreach (TraceNode node in trace.Nodes)
        {
            table.AddRow(
                node.Name,
                $"{node.Columns} x {node.Rows}",
                TraceArguments.Format(node.Sum),
                TraceArguments.Format(node.L2),
                Count(node.NaNs),
                Count(node.Infinities),
                string.Join("  ", node.Values.Select(value => TraceArguments.Format(value))));
        }

        Terminal.Write(table);
    }

    private static StyledText Count(long count) => count == 0 ? "0" : StyledText.Of($"[red]{count}[/]");
}
