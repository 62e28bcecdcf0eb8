using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tessera.Cli.Application;
using Tessera.Cli.Bench;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Workbench.Benchmarking;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera bench</c>: how fast a model is, in llama-bench's terms, and how much of the machine's limits that is.</summary>
internal sealed class BenchCommand
{
    private const int MaxTokens = 1 << 24;
    private const int MaxSequences = 1024;

    private readonly Argument<string?> _model = new("MODEL")
    {
        Description = "A GGUF file; the model that ships with the project by default.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<int[]> _prompts = Numbers("--n-prompt", "-p", "Tokens of a prompt; 0 for none.", () => 512, 0, MaxTokens);
    private readonly Option<int[]> _generations = Numbers("--n-gen", "-n", "Tokens generated one by one; 0 for none.", () => 128, 0, MaxTokens);
    private readonly Option<int[]> _depths = Numbers("--n-depth", "-d", "Tokens that are in the context before.", () => 0, 0, MaxTokens);
    private readonly Option<int[]> _sequences = Numbers("--n-parallel", "-npl", "Sequences that generate together.", () => 1, 1, MaxSequences);
    private readonly Option<int[]> _threads = Numbers(
        "--threads", "-t", "Threads to compute with; one for each core by default.", () => ModelOptions.BestThreads, 1, CommonOptions.MaxThreads);
    private readonly Option<int> _repeats = new("--repetitions", "-r")
    {
        Description = "Times that each test runs, after once that does not count.",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
        CustomParser = argument => Number.Of(argument, 1, int.MaxValue),
    };

    private readonly ModelArguments _loading = new();
    private readonly Option<bool> _limits = new("--limits")
    {
        Description = "Measure the machine's limits in turns with the tests: read bandwidth and multiply-adds.",
    };
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var bench = new BenchCommand();
        CommonOptions.RefuseUnknownOptions(bench._model);
        var command = new Command("bench", "Measures the speed of prompts and of generation as llama-bench does. Numbers may be lists: -t 1,2,4.")
        {
            bench._model, bench._prompts, bench._generations, bench._depths, bench._sequences, bench._threads, bench._repeats, bench._limits, bench._json,
        };
        bench._loading.AddTo(command);
        command.SetAction(bench.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        IReadOnlyList<BenchTest> tests = BenchTest.All(
            arguments.GetRequiredValue(_prompts), arguments.GetRequiredValue(_generations),
            arguments.GetRequiredValue(_depths), arguments.GetRequiredValue(_sequences));
        if (tests.Count == 0)
        {
            throw new TesseraException("Nothing to measure: -p and -n are both 0.");
        }

        bool json = arguments.GetValue(_json);
        using MachineLimits? limits = arguments.GetValue(_limits) ? new MachineLimits() : null;
        var table = new BenchTable(json ? TextWriter.Null : Terminal.Report, limits is not null);
        using var engine = new Engine(arguments);
        var entries = new List<BenchEntry>();
        BenchResult? result = null;
        foreach (int threads in arguments.GetRequiredValue(_threads))
        {
            ModelOptions options = _loading.Read(arguments) with { Threads = threads };
            using LanguageModel model = await engine.LoadAsync(arguments.GetValue(_model) ?? DefaultModel.Path, options, cancellationToken);
            using var runner = new BenchRunner(model, tests, limits);
            result ??= new BenchResult
            {
                Model = model.Path,
                ModelSize = model.TensorBytes,
                ModelNParams = model.Parameters,
                Numerics = CommonOptions.NameOf(model.Numerics),
                Simd = CommonOptions.SimdName,
                FirstTokenMs = Math.Round(runner.FirstToken.TotalMilliseconds),
                PeakWorkingSet = PeakWorkingSet(limits),
                Tests = entries,
            };
            foreach (BenchTest test in tests)
            {
                BenchMeasurement measurement = runner.Measure(test, arguments.GetValue(_repeats), cancellationToken);
                table.Write(model, measurement);
                entries.Add(EntryOf(measurement, threads));
            }
        }

        result = result! with { PeakWorkingSet = PeakWorkingSet(limits) is long peak ? Math.Max(peak, result.PeakWorkingSet ?? 0) : null };

        if (json)
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(result));
        }
        else
        {
            WriteSummary(result);
        }

        return ExitCode.Success;
    }

    private static long? PeakWorkingSet(MachineLimits? limits)
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 is > 0 and long peak ? peak - (limits?.ResidentBytes ?? 0) : null;
    }

    private static BenchEntry EntryOf(BenchMeasurement measurement, int threads) => new()
    {
        Test = measurement.Test.Name,
        NThreads = threads,
        NPrompt = measurement.Test.PromptTokens,
        NGen = measurement.Test.GeneratedTokens,
        NDepth = measurement.Test.Depth,
        NParallel = measurement.Test.Sequences,
        AvgTs = measurement.TokensPerSecond.Mean,
        StddevTs = measurement.TokensPerSecond.Deviation,
        SamplesTs = measurement.TokensPerSecond.Values,
        MultiplyAddsPerToken = (double)measurement.Cost.MultiplyAdds / measurement.Test.Tokens,
        WeightBytesPerToken = (double)measurement.Cost.WeightBytes / measurement.Test.Tokens,
        ThreadAllocatedPerToken = measurement.ThreadAllocations.Mean,
        TotalAllocatedPerToken = measurement.TotalAllocations.Mean,
        Limit = measurement.Share is double share
            ? new BenchLimit(measurement.LimitName, measurement.Limit.Mean, measurement.Limit.Deviation, measurement.Limit.Values, share)
            : null,
    };

    private static void WriteSummary(BenchResult result)
    {
        double? thread = result.Tests.Where(test => test.NGen > 0).Select(test => (double?)test.ThreadAllocatedPerToken).Max();
        double? total = result.Tests.Where(test => test.NGen > 0).Select(test => (double?)test.TotalAllocatedPerToken).Max();
        string allocations = thread is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $" | allocated per generated token: {thread:F1} bytes on its thread, {total:F1} on all");
        string memory = result.PeakWorkingSet is long peak ? string.Create(CultureInfo.InvariantCulture, $" | peak memory {peak / 1e6:F0} MB") : "";
        Terminal.Note(
            string.Create(CultureInfo.InvariantCulture, $"[first token {result.FirstTokenMs / 1000:F2} s after the process' start{memory}{allocations}]"));
    }

    private static Option<int[]> Numbers(string name, string alias, string description, Func<int> value, int minimum, int maximum) => new(name, alias)
    {
        Description = description,
        HelpName = "N,...",
        DefaultValueFactory = _ => [value()],
        CustomParser = argument => Number.ListOf(argument, minimum, maximum),
    };
}
