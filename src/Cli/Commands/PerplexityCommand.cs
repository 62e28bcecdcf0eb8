using System.CommandLine;
using System.Globalization;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Generation;
using Tessera.Gguf.Files;
using Tessera.Loading;
using Tessera.Workbench.Evaluation;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera perplexity</c>: how well a model predicts a text, and how far it is from another model.</summary>
internal sealed class PerplexityCommand
{
    private const int DefaultContextLength = 512;

    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Option<string?> _file = new("--file", "-f") { Description = "A text file.", HelpName = "TEXT" };
    private readonly Option<int?> _context = new("--ctx-size", "-c")
    {
        Description = "Tokens in a window; 512 by default, or what the model was trained for if that is less.",
        HelpName = "CTX",
        CustomParser = argument => Number.Of(argument, 4, int.MaxValue),
    };
    private readonly Option<int?> _windows = new("--chunks")
    {
        Description = "Look at the first windows only.",
        HelpName = "N",
        CustomParser = argument => Number.Of(argument, 1, int.MaxValue),
    };
    private readonly Option<string?> _save = new("--save-logits")
    {
        Description = "Save every position's log-probabilities, as llama-perplexity does: two bytes for each token of the vocabulary.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _base = new("--kl-base")
    {
        Description = "Compare with the log-probabilities that this command or llama-perplexity saved. The file holds the text, too.",
        HelpName = "FILE",
    };
    private readonly ModelArguments _loading = new();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var perplexity = new PerplexityCommand();
        var command = new Command("perplexity", "Measures how well a model predicts a text, as llama-perplexity does.")
        {
            perplexity._model, perplexity._file, perplexity._context, perplexity._windows,
            perplexity._save, perplexity._base, perplexity._threads, perplexity._json,
        };
        perplexity._loading.AddTo(command);
        command.Validators.Add(result =>
        {
            bool Has(Option option) => result.GetResult(option) is not null;
            if (Has(perplexity._base) && (Has(perplexity._file) || Has(perplexity._save) || Has(perplexity._context) || Has(perplexity._windows)))
            {
                result.AddError("--file, --save-logits, --ctx-size and --chunks are for a text: what --kl-base names holds its own, in windows.");
            }
        });
        command.SetAction(perplexity.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_file) is null && arguments.GetValue(_base) is null)
        {
            throw new TesseraException("Give a text with --file, or saved logits with --kl-base.");
        }

        byte[]? text = arguments.GetValue(_file) is { } file ? InputFile.ReadAll(file) : null;
        using FileStream? saved = arguments.GetValue(_base) is { } path ? InputFile.OpenRegular(path) : null;
        using var engine = new Engine(arguments);
        ModelOptions options = _loading.Read(arguments) with { Threads = arguments.GetValue(_threads) };
        using LanguageModel model = await engine.LoadAsync(arguments.GetRequiredValue(_model), options, cancellationToken);
        int contextLength = arguments.GetValue(_context)
            ?? (model.Shape.ContextLength > 0 ? Math.Min(DefaultContextLength, model.Shape.ContextLength) : DefaultContextLength);

        PerplexityEstimate estimate;
        if (saved is not null)
        {
            estimate = Follow(PerplexityEvaluator.Compare(model, saved, saved.Name, cancellationToken));
        }
        else
        {
            string[] inputs = [.. model.InputFiles, arguments.GetValue(_file)!];
            using OutputFile? save = arguments.GetValue(_save) is { } output ? OutputFile.Create(output, inputs) : null;
            var evaluator = new PerplexityEvaluator(model, contextLength);
            estimate = Follow(evaluator.Evaluate(model.EncodeText(text), arguments.GetValue(_windows), save?.Stream, cancellationToken));
            save?.Complete();
        }

        Terminal.Note($"[{CommonOptions.Describe(model.Numerics, model.Threads)}]");
        if (arguments.GetValue(_json))
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(new PerplexityResult
            {
                Model = model.Path,
                Numerics = CommonOptions.NameOf(model.Numerics),
                ContextLength = estimate.ContextLength,
                Windows = estimate.Windows,
                Tokens = estimate.LogLoss.Count,
                Perplexity = new Estimated(estimate.Perplexity, estimate.Error),
                Divergence = estimate.Divergence is null ? null : DivergenceResult.Of(estimate.Divergence),
            }));
        }
        else
        {
            Show(estimate);
        }

        return ExitCode.Success;
    }

    /// <summary>Tells about each window as it is done.</summary>
    private static PerplexityEstimate Follow(IEnumerable<PerplexityEstimate> estimates)
    {
        PerplexityEstimate latest = null!;
        foreach (PerplexityEstimate estimate in estimates)
        {
            latest = estimate;
            string divergence = estimate.Divergence is null
                ? ""
                : Line($", KL divergence {estimate.Divergence.KlDivergence.Mean:f5} ± {estimate.Divergence.KlDivergence.Error:f5}");
            Terminal.Note(Line($"[{estimate.Window}/{estimate.Windows}] perplexity {estimate.Perplexity:f4} ± {estimate.Error:f4}{divergence}"));
        }

        return latest;
    }

    private static void Show(PerplexityEstimate estimate)
    {
        string size = Line($"{estimate.LogLoss.Count} tokens, {estimate.Windows} windows of {estimate.ContextLength}");
        Terminal.Line($"perplexity              {estimate.Perplexity:f4} ± {estimate.Error:f4}   ({size})");
        if (estimate.Divergence is { } divergence)
        {
            Terminal.Line($"base perplexity         {divergence.BasePerplexity:f4} ± {divergence.BasePerplexity * divergence.BaseLogLoss.Error:f4}");
            Terminal.Line($"ln(perplexity / base)   {divergence.LogLossDifference.Mean:f6} ± {divergence.LogLossDifference.Error:f6}");
            Terminal.Line($"KL divergence           {divergence.KlDivergence.Mean:f6} ± {divergence.KlDivergence.Error:f6}");
            Terminal.Line($"same top token          {100 * divergence.SameTopToken.Mean:f3} ± {100 * divergence.SameTopToken.Error:f3} %");
            Terminal.Line($"right token, mean Δp    {100 * divergence.ProbabilityDifference.Mean:f3} ± {100 * divergence.ProbabilityDifference.Error:f3} %");
            Terminal.Line($"right token, RMS Δp     {100 * divergence.RmsProbabilityDifference:f3} %");
        }
    }

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
