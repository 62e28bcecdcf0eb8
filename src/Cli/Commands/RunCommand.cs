using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Generation;
using Tessera.Gguf.Files;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera run</c>: continues a prompt.</summary>
internal sealed class RunCommand
{
    private const int DefaultTokens = 256;

    private readonly Argument<string?> _model = new("MODEL")
    {
        Description = "A GGUF file; the model that ships with the project by default.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _prompt = new("--prompt", "-p")
    {
        Description = "The text to continue; by default what standard input holds, where it is no terminal. Special tokens in it are recognized.",
        HelpName = "PROMPT",
    };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "A file with the text to continue, all of it.", HelpName = "FILE" };
    private readonly Option<int> _tokens = new("--tokens", "-n")
    {
        Description = "Tokens to make at most; -1 or -2 for as many as the context holds, 0 to evaluate the prompt only.",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultTokens,
        CustomParser = argument => Number.Of(argument, -2, int.MaxValue),
    };

    private readonly Option<int> _context = new("--ctx-size", "-c")
    {
        Description = "Positions in the context; by default what the model was trained for, at most 8192.",
        HelpName = "N",
        CustomParser = argument => Number.Of(argument, 1, int.MaxValue),
    };

    private readonly Option<Int128> _seed = new("--seed", "-s")
    {
        Description = "Seed of the samplers; -1 for a random one, which is shown.",
        HelpName = "S",
        DefaultValueFactory = _ => -1,
        CustomParser = argument => Number.Of<Int128>(argument, -1, ulong.MaxValue),
    };

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
            run._model, run._prompt, run._file, run._tokens, run._context, run._seed, run._stop,
                run._ignoreEos, run._cacheType, run._threads, run._tokenizer, run._pre, run._json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(run._prompt) is not null && result.GetResult(run._file) is not null)
            {
                result.AddError("Give either --prompt or --file, not both.");
            }
        });
        run._loading.AddTo(command);
        run._sampling.AddTo(command);
        command.SetAction(run.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        byte[] prompt = PromptOf(arguments);
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
        int tokens = arguments.GetValue(_tokens);
        Int128 seed = arguments.GetValue(_seed);
        var request = new GenerationRequest
        {
            Prompt = model.Encode(prompt),
            MaxTokens = tokens < 0 ? null : tokens,
            Sampling = _sampling.Read(arguments, model.Sampling) with { Seed = seed < 0 ? (ulong)Random.Shared.NextInt64(1L << 32) : (ulong)seed },
            Stop = arguments.GetValue(_stop) ?? [],
            IgnoreEndOfGeneration = arguments.GetValue(_ignoreEos),
        };
        using IModelSession session = model.CreateSession(arguments.GetValue(_context), CommonOptions.CacheTypeOf(arguments.GetValue(_cacheType)));
        if (model.UnservedSampling.Count > 0)
        {
            Terminal.Note(
                $"tessera: warning: {path}: {string.Join(", ", model.UnservedSampling)}: there is no such sampler here, or the value makes no sense; "
                + "the defaults hold.");
        }

        bool json = arguments.GetValue(_json);
        if (!json && Terminal.IsOutput)
        {
            Terminal.Write(StyledText.Of($"[grey]{StyledText.OfLines(Encoding.UTF8.GetString(prompt))}[/]"));
        }

        TimeSpan load = Stopwatch.GetElapsedTime(start);
        RunResult result = await GenerateAsync(model, session, request, load, json ? TextWriter.Null : Terminal.Exact, cancellationToken);
        if (json)
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(result));
        }
        else
        {
            Terminal.Exact.WriteLine();
            WriteSummary(result, model.Numerics);
        }

        return ExitCode.Success;
    }

    private byte[] PromptOf(ParseResult arguments)
    {
        if (arguments.GetValue(_file) is { } path)
        {
            return InputFile.ReadAll(path);
        }

        if (arguments.GetValue(_prompt) is { } prompt)
        {
            return Encoding.UTF8.GetBytes(prompt);
        }

        byte[] input = Console.IsInputRedirected ? Terminal.ReadInput() : [];
        return input.Length > 0 || arguments.GetValue(_model) is not null ? input : Encoding.UTF8.GetBytes(DefaultModel.Prompt);
    }

    private static async Task<RunResult> GenerateAsync(
        LanguageModel model, IModelSession session, GenerationRequest request, TimeSpan load, TextWriter output, CancellationToken cancellationToken)
    {
        var ids = new List<int>();
        var logprobs = new List<float>();
        var text = new StringBuilder();
        StopReason stop = StopReason.Length;
        long start = Stopwatch.GetTimestamp();
        TimeSpan? prompt = null;
        try
        {
            await foreach (GeneratedToken token in session.GenerateAsync(request, cancellationToken))
            {
                prompt ??= Stopwatch.GetElapsedTime(start);
                ids.Add(token.Id);
                logprobs.Add(token.LogProbability);
                text.Append(token.Text);
                output.Write(token.Text);
                output.Flush();
                stop = token.Stop;
            }
        }
        catch (OperationCanceledException)
        {
            output.WriteLine();
            throw;
        }

        TimeSpan total = Stopwatch.GetElapsedTime(start);
        TimeSpan evaluate = prompt ?? total;
        TimeSpan generate = total - evaluate;
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
                Math.Round(evaluate.TotalMilliseconds, 1),
                Math.Round(generate.TotalMilliseconds, 1),
                Math.Round(request.Prompt.Count / evaluate.TotalSeconds, 1),
                ids.Count > 1 ? Math.Round((ids.Count - 1) / generate.TotalSeconds, 1) : 0),
        };
    }

    private static void WriteSummary(RunResult r, NumericsMode numerics)
    {
        string seed = r.Seed is ulong value ? $"seed {value}" : "greedy";
        Terminal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"[{CommonOptions.Describe(numerics, r.Threads)}, {seed} | prompt {r.PromptIds.Count} tokens, {r.Timings.PromptPerSecond} tok/s | "
            + $"generated {r.Ids.Count} tokens, {r.Timings.GeneratedPerSecond} tok/s | stop: {r.StopReason}]"));
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
