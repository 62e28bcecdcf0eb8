using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Workbench.Importance;
using Tessera.Workbench.Quantizing;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera quantize</c>: writes a model again with its weights in other formats.</summary>
internal sealed class QuantizeCommand
{
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Argument<string> _out = new("OUT")
    {
        Description = "The file to write. A GGUF file that is there is replaced when the new one is complete.",
    };
    private readonly Argument<string> _type = new("TYPE")
    {
        Description = "A mix of llama-quantize's, such as Q4_K_M, Q5_K_M, Q6_K, Q8_0 or F16, or a format, which all matrices get.",
    };
    private readonly Option<bool> _pure = new("--pure") { Description = "All matrices get the mix's main type." };
    private readonly Option<string[]> _tensorTypes = new("--tensor-type")
    {
        Description = "A type for the matrices whose whole name matches, '*.attn_v.weight=Q8_0'; may be given several times, the first that matches decides.",
        HelpName = "GLOB=TYPE",
    };

    private readonly Option<string?> _outputType = new("--output-tensor-type")
    {
        Description = "The type of output.weight, which gives the logits.",
        HelpName = "TYPE",
    };
    private readonly Option<string?> _embeddingType = new("--token-embedding-type") { Description = "The type of the table of embeddings.", HelpName = "TYPE" };
    private readonly Option<bool> _keepOutput = new("--leave-output-tensor") { Description = "Leave output.weight as it is." };
    private readonly Option<bool> _requantize = new("--allow-requantize") { Description = "Take weights that are quantized already; the errors add up." };
    private readonly Option<string?> _imatrix = new("--imatrix")
    {
        Description = "How much each column matters: a file of 'tessera imatrix' or llama-imatrix.",
        HelpName = "FILE",
    };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what each tensor would become, and write nothing." };
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var quantize = new QuantizeCommand();
        CommonOptions.RefuseUnknownOptions(quantize._out);
        CommonOptions.RefuseUnknownOptions(quantize._type);
        quantize._tensorTypes.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => RuleOf(token.Value) is not { Pattern: not "", Type: not "" }))
            {
                result.AddError("--tensor-type takes GLOB=TYPE, for example '*.attn_v.weight=Q8_0'.");
            }
        });
        var command = new Command("quantize", "Writes a model again with its weights in other formats.")
        {
            quantize._model, quantize._out, quantize._type, quantize._pure, quantize._tensorTypes, quantize._outputType, quantize._embeddingType,
            quantize._keepOutput, quantize._requantize, quantize._imatrix, quantize._dryRun, quantize._threads, quantize._json,
        };
        command.SetAction(quantize.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string model = arguments.GetRequiredValue(_model);
        string output = arguments.GetRequiredValue(_out);
        bool json = arguments.GetValue(_json);
        QuantizationOptions options = Read(arguments);
        using var engine = new Engine(arguments);
        if (arguments.GetValue(_dryRun))
        {
            QuantizationPlan planned = engine.Quantizer.Plan(model, options);
            Write(json, planned, ResultOf(planned, model, null, null));
            return ExitCode.Success;
        }

        var watch = Stopwatch.StartNew();
        var progress = new Observer<QuantizationProgress>();
        Task<QuantizationPlan> quantizing = Task.Run(
            () => engine.Quantizer.Quantize(model, output, options, progress, cancellationToken), CancellationToken.None);
        QuantizationPlan plan = await ProgressDisplay.ShowAsync(
            $"Quantizing to {options.Type}", quantizing, () => progress.Latest is { TotalElements: > 0 } p ? (double)p.Elements / p.TotalElements : 0);
        double seconds = watch.Elapsed.TotalSeconds;
        if (json)
        {
            Write(json, plan, ResultOf(plan, model, output, Math.Round(seconds, 3)));
        }

        WriteSummary(plan, string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s -> {output}"));
        return ExitCode.Success;
    }

    private QuantizationOptions Read(ParseResult arguments) => new()
    {
        Type = arguments.GetRequiredValue(_type),
        Pure = arguments.GetValue(_pure),
        TensorTypes = [.. (arguments.GetValue(_tensorTypes) ?? []).Select(RuleOf)],
        OutputType = arguments.GetValue(_outputType),
        TokenEmbeddingType = arguments.GetValue(_embeddingType),
        KeepOutput = arguments.GetValue(_keepOutput),
        AllowRequantize = arguments.GetValue(_requantize),
        Importance = arguments.GetValue(_imatrix) is { } path ? ImportanceMatrix.Load(path) : null,
        Threads = arguments.GetValue(_threads),
    };

    private static TensorTypeRule RuleOf(string argument)
    {
        string[] parts = argument.Split('=', 2, StringSplitOptions.TrimEntries);
        return new TensorTypeRule(parts[0], parts.Length == 2 ? parts[1] : "");
    }

    private static QuantizeResult ResultOf(QuantizationPlan plan, string model, string? output, double? seconds) => new(
        model,
        output,
        plan.Type,
        plan.SourceBytes,
        plan.TargetBytes,
        Math.Round(BitsPerWeight(plan), 3),
        plan.Fallbacks,
        seconds,
        [.. plan.Tensors.Select(
            t => new QuantizedTensorEntry(t.Name, t.Shape, t.SourceType, t.TargetType, t.InsteadOf, t.HasImportance, t.SourceBytes, t.TargetBytes))]);

    private static double BitsPerWeight(QuantizationPlan plan) => 8.0 * plan.TargetBytes / Math.Max(1, plan.Elements);

    private static void Write(bool json, QuantizationPlan plan, QuantizeResult result)
    {
        if (json)
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(result));
            return;
        }

        ReportTable table = new ReportTable("tensor", "shape", "from", "to").AddNumbers("bytes");
        foreach (TensorConversion tensor in plan.Tensors)
        {
            string instead = tensor.InsteadOf is { } wanted ? $"{tensor.TargetType} (its rows do not fit {wanted})" : tensor.TargetType;
            table.AddRow(
                tensor.Name, string.Join(" x ", tensor.Shape), tensor.SourceType, instead, tensor.TargetBytes.ToString("N0", CultureInfo.InvariantCulture));
        }

        Terminal.Write(table);
        WriteSummary(plan, "dry run, nothing is written");
    }

    private static void WriteSummary(QuantizationPlan plan, string end)
    {
        string fallbacks = plan.Fallbacks > 0 ? $" | {plan.Fallbacks} of {plan.Tensors.Count} tensors in another type, as their rows do not fit" : "";
        Terminal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"[{plan.Type} | {plan.SourceBytes / 1e6:N1} MB -> {plan.TargetBytes / 1e6:N1} MB, {BitsPerWeight(plan):F2} bits per weight{fallbacks} | {end}]"));
    }
}
