using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Spectre.Console;
using Tessera.Cli.Json;
using Tessera.Generation;
using Tessera.Numerics;
using Tessera.Pipeline;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera run</c>: continues a prompt.</summary>
internal sealed class RunCommand
{
    private const int DefaultTokens = 256;

    private readonly Argument<string?> _model = new("MODEL") { Description = "A GGUF file; the model that ships with the project by default.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _prompt = new("--prompt", "-p") { Description = "The text to continue. Special tokens in it are recognized.", HelpName = "PROMPT" };
    private readonly Option<int> _tokens = new("--tokens", "-n") { Description = "Tokens to make at most; -1 for as many as the context holds.", HelpName = "N", DefaultValueFactory = _ => DefaultTokens };
    private readonly Option<int> _context = new("--ctx-size", "-c") { Description = "Positions in the context; by default what the model was trained for, at most 8192.", HelpName = "N" };
    private readonly Option<ulong?> _seed = new("--seed", "-s") { Description = "Seed of the samplers; random by default, and shown.", HelpName = "S" };
    private readonly Option<string[]> _stop = new("--stop") { Description = "Text that ends the generation; may be given several times.", HelpName = "TEXT" };
    private readonly Option<bool> _ignoreEos = new("--ignore-eos") { Description = "Go on after tokens that end generation." };
    private readonly ModelArguments _loading = new();
    private readonly Option<string?> _cacheType = CommonOptions.CacheType();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string?> _tokenizer = CommonOptions.Tokenizer();
    private readonly Option<string?> _pre = CommonOptions.PreTokenizer();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly SamplingArguments _sampling = new();

    public static Command Create()
    {
        var run = new RunCommand();
        CommonOptions.RefuseUnknownOptions(run._model);
        var command = new Command("run", "Continues a prompt. Text streams as it is made; figures go to stderr.")
        {
            run._model, run._prompt, run._tokens, run._context, run._seed, run._stop, run._ignoreEos, run._cacheType, run._threads, run._tokenizer, run._pre, run._json,
        };
        run._tokens.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is 0 or < -1)
            {
                result.AddError("--tokens takes a positive number, or -1.");
            }
        });
        run._context.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--ctx-size takes a positive number.");
            }
        });
        run._loading.AddTo(command);
        run._sampling.AddTo(command);
        command.SetAction(run.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using var engine = new Engine(arguments);
        string path = arguments.GetValue(_model) ?? DefaultModel.Path;
        ModelOptions options = _loading.Read(arguments) with
        {
            Threads = arguments.GetValue(_threads),
            Tokenizer = arguments.GetValue(_tokenizer),
            PreTokenizer = arguments.GetValue(_pre),
        };
        using LanguageModel model = await engine.LoadAsync(path, options, cancellationToken);
        string prompt = arguments.GetValue(_prompt) ?? (arguments.GetValue(_model) is null ? DefaultModel.Prompt : "");
        int tokens = arguments.GetValue(_tokens);
        var request = new GenerationRequest
        {
            Prompt = model.Encode(prompt),
            MaxTokens = tokens < 0 ? null : tokens,
            Sampling = _sampling.Read(arguments, model.Sampling) with { Seed = arguments.GetValue(_seed) ?? (ulong)Random.Shared.NextInt64(1L << 32) },
            Stop = arguments.GetValue(_stop) ?? [],
            IgnoreEndOfGeneration = arguments.GetValue(_ignoreEos),
        };
        using IModelSession session = model.CreateSession(arguments.GetValue(_context), CommonOptions.CacheTypeOf(arguments.GetValue(_cacheType)));
        if (model.UnservedSampling.Count > 0)
        {
            string keys = string.Join(", ", model.UnservedSampling);
            Console.Error.WriteLine($"tessera: warning: {path}: {keys}: there is no such sampler here, or the value makes no sense; the defaults hold.");
        }

        bool json = arguments.GetValue(_json);
        if (!json && !Console.IsOutputRedirected)
        {
            AnsiConsole.Markup($"[grey]{Markup.Escape(prompt)}[/]");
        }

        TimeSpan load = Stopwatch.GetElapsedTime(start);
        RunResult result = await GenerateAsync(model, session, request, load, json ? TextWriter.Null : Console.Out, cancellationToken);
        if (json)
        {
            Console.WriteLine(CliJson.Serialize(result));
        }
        else
        {
            Console.WriteLine();
            WriteSummary(result, model.Numerics);
        }

        return ExitCode.Success;
    }

    private static async Task<RunResult> GenerateAsync(LanguageModel model, IModelSession session, GenerationRequest request, TimeSpan load, TextWriter output, CancellationToken cancellationToken)
    {
        var ids = new List<int>();
        var logprobs = new List<float>();
        var text = new StringBuilder();
        StopReason stop = StopReason.None;
        long start = Stopwatch.GetTimestamp();
        TimeSpan prompt = TimeSpan.Zero;
        try
        {
            await foreach (GeneratedToken token in session.GenerateAsync(request, cancellationToken))
            {
                prompt = ids.Count == 0 ? Stopwatch.GetElapsedTime(start) : prompt;
                ids.Add(token.Id);
                logprobs.Add(token.LogProbability);
                text.Append(token.Text);
                await output.WriteAsync(token.Text);
                await output.FlushAsync(cancellationToken);
                stop = token.Stop;
            }
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync();
            throw;
        }

        TimeSpan generate = Stopwatch.GetElapsedTime(start) - prompt;
        return new RunResult
        {
            Model = model.Path,
            Numerics = CommonOptions.NameOf(model.Numerics),
            Threads = model.Threads,
            Simd = CommonOptions.SimdName,
            Seed = request.Sampling is { Temperature: > 0, Seed: var seed } ? seed : null,
            PromptIds = request.Prompt,
            Ids = ids,
            Text = text.ToString(),
            Logprobs = logprobs,
            StopReason = NameOf(stop),
            Timings = new RunTimings(
                Math.Round(load.TotalMilliseconds, 1),
                Math.Round(prompt.TotalMilliseconds, 1),
                Math.Round(generate.TotalMilliseconds, 1),
                Math.Round(request.Prompt.Count / prompt.TotalSeconds, 1),
                ids.Count > 1 ? Math.Round((ids.Count - 1) / generate.TotalSeconds, 1) : 0),
        };
    }

    private static void WriteSummary(RunResult r, NumericsMode numerics)
    {
        string seed = r.Seed is ulong value ? $"seed {value}" : "greedy";
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[{CommonOptions.Describe(numerics, r.Threads)}, {seed} | prompt {r.PromptIds.Count} tokens, {r.Timings.PromptPerSecond} tok/s | generated {r.Ids.Count} tokens, {r.Timings.GeneratedPerSecond} tok/s | stop: {r.StopReason}]"));
    }

    private static string NameOf(StopReason reason) => reason switch
    {
        StopReason.EndOfGeneration => "end_of_generation",
        StopReason.StopString => "stop_string",
        StopReason.Length => "length",
        StopReason.ContextFull => "context_full",
        _ => "none",
    };
}
