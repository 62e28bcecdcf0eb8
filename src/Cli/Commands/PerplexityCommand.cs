using System.CommandLine;
using System.Globalization;
using Tessera.Cli.Json;
using Tessera.Evaluation;
using Tessera.Files;
using Tessera.Pipeline;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera perplexity</c>: how well a model predicts a text, and how far it is from another model.</summary>
internal sealed class PerplexityCommand
{
    private const int DefaultContextLength = 512;

    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Option<string?> _file = new("--file", "-f") { Description = "A text file.", HelpName = "TEXT" };
    private readonly Option<int?> _context = new("--ctx-size", "-c") { Description = "Tokens in a window; 512 by default, or what the model was trained for if that is less.", HelpName = "CTX" };
    private readonly Option<int?> _windows = new("--chunks") { Description = "Look at the first windows only.", HelpName = "N" };
    private readonly Option<string?> _save = new("--save-logits") { Description = "Save every position's log-probabilities, as llama-perplexity does: two bytes for each token of the vocabulary.", HelpName = "FILE" };
    private readonly Option<string?> _base = new("--kl-base") { Description = "Compare with the log-probabilities that this command or llama-perplexity saved. The file holds the text, too.", HelpName = "FILE" };
    private readonly ModelArguments _loading = new();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var perplexity = new PerplexityCommand();
        var command = new Command("perplexity", "Measures how well a model predicts a text, as llama-perplexity does.")
        {
            perplexity._model, perplexity._file, perplexity._context, perplexity._windows, perplexity._save, perplexity._base, perplexity._threads, perplexity._json,
        };
        perplexity._loading.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(perplexity._file) is null == result.GetValue(perplexity._base) is null)
            {
                result.AddError("Give a text with --file, or saved logits with --kl-base.");
            }
            else if (result.GetValue(perplexity._base) is not null
                && (result.GetValue(perplexity._save) is not null || result.GetValue(perplexity._context) is not null || result.GetValue(perplexity._windows) is not null))
            {
                result.AddError("--save-logits, --ctx-size and --chunks are for a text: what --kl-base names has its windows.");
            }

            if (result.GetValue(perplexity._context) is < 4 || result.GetValue(perplexity._windows) is < 1)
            {
                result.AddError("--ctx-size takes a number from 4 on, --chunks one from 1 on.");
            }
        });
        command.SetAction(perplexity.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        byte[]? text = arguments.GetValue(_file) is { } file ? InputFile.ReadAll(file) : null;
        using FileStream? saved = arguments.GetValue(_base) is { } path ? InputFile.OpenRegular(path) : null;
        using var engine = new Engine(arguments);
        ModelOptions options = _loading.Read(arguments) with { Threads = arguments.GetValue(_threads) };
        using LanguageModel model = await engine.LoadAsync(arguments.GetRequiredValue(_model), options, cancellationToken);
        int contextLength = arguments.GetValue(_context) ?? (model.Shape.ContextLength > 0 ? Math.Min(DefaultContextLength, model.Shape.ContextLength) : DefaultContextLength);

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

        Console.Error.WriteLine($"[{CommonOptions.Describe(model.Numerics, model.Threads)}]");
        if (arguments.GetValue(_json))
        {
            Console.WriteLine(CliJson.Serialize(new PerplexityResult
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
            string divergence = estimate.Divergence is null ? "" : Line($", KL divergence {estimate.Divergence.KlDivergence.Mean:f5} ± {estimate.Divergence.KlDivergence.Error:f5}");
            Console.Error.WriteLine(Line($"[{estimate.Window}/{estimate.Windows}] perplexity {estimate.Perplexity:f4} ± {estimate.Error:f4}{divergence}"));
        }

        return latest;
    }

    private static void Show(PerplexityEstimate estimate)
    {
        Console.WriteLine(Line($"perplexity              {estimate.Perplexity:f4} ± {estimate.Error:f4}   ({estimate.LogLoss.Count} tokens, {estimate.Windows} windows of {estimate.ContextLength})"));
        if (estimate.Divergence is { } divergence)
        {
            Console.WriteLine(Line($"base perplexity         {divergence.BasePerplexity:f4} ± {divergence.BasePerplexity * divergence.BaseLogLoss.Error:f4}"));
            Console.WriteLine(Line($"ln(perplexity / base)   {divergence.LogLossDifference.Mean:f6} ± {divergence.LogLossDifference.Error:f6}"));
            Console.WriteLine(Line($"KL divergence           {divergence.KlDivergence.Mean:f6} ± {divergence.KlDivergence.Error:f6}"));
            Console.WriteLine(Line($"same top token          {100 * divergence.SameTopToken.Mean:f3} ± {100 * divergence.SameTopToken.Error:f3} %"));
            Console.WriteLine(Line($"right token, mean Δp    {100 * divergence.ProbabilityDifference.Mean:f3} ± {100 * divergence.ProbabilityDifference.Error:f3} %"));
            Console.WriteLine(Line($"right token, RMS Δp     {100 * divergence.RmsProbabilityDifference:f3} %"));
        }
    }

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
