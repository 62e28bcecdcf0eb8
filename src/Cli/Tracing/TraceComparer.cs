using System.CommandLine;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Cli.Plotting;
using Tessera.Gguf.Files;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Workbench.Tracing;

namespace Tessera.Cli.Tracing;

/// <summary><c>tessera compare A B</c>: two traces or models, node by node.</summary>
internal sealed class TraceComparer(PromptArguments prompt)
{
    /// <summary>What F32 sums in another order leave, with room.</summary>
    private const double ExactTolerance = 1e-3;

    /// <summary>What activations of 8 bits leave in small models, with room.</summary>
    private const double FastTolerance = 0.3;

    private readonly ModelArguments _loading = new();
    private readonly Option<string?> _otherNumerics = new Option<string?>("--numerics-b")
    {
        Description = "The numerics of B, where they are not those of A.",
        HelpName = "fast|exact",
    }.OneOf("fast", "exact");
    private readonly Option<string?> _node = TraceArguments.Node();
    private readonly Option<string?> _positions = TraceArguments.Positions();
    private readonly Option<double?> _tolerance = new("--tolerance")
    {
        Description = $"The largest relative error of a node that is none; {ExactTolerance} by default, {FastTolerance} where fast numerics take part.",
        HelpName = "X",
        CustomParser = argument => Number.Of(argument, 0, double.MaxValue),
    };

    private readonly Option<string?> _plot = CommonOptions.Plot("Draw the error of each node into a picture.");

    public void AddTo(Command command)
    {
        _loading.AddTo(command);
        foreach (Option option in (Option[])[_otherNumerics, _node, _positions, _tolerance, _plot])
        {
            command.Options.Add(option);
        }

    }

    public async Task<int> CompareAsync(string a, string b, bool json, ParseResult arguments, CancellationToken cancellationToken)
    {
        (TraceSource reference, TraceSource other) = (TraceSource.Open(a), TraceSource.Open(b));
        await TraceModelsAsync(reference, other, arguments, cancellationToken);
        (Trace x, Trace y) = (reference.Trace!, other.Trace!);
        foreach (Trace cut in new[] { x, y }.Where(trace => trace.Incomplete is not null))
        {
            Terminal.Note($"tessera: {cut.Source}: the file ends within the node '{cut.Incomplete}', which is left out.");
        }

        bool fast = x.Numerics == "fast" || y.Numerics == "fast";
        string? nodes = arguments.GetValue(_node);
        TraceComparison comparison = TraceComparison.Of(
            x.Where(nodes), y.Where(nodes), arguments.GetValue(_tolerance) ?? (fast ? FastTolerance : ExactTolerance));
        (string nameOfReference, string nameOfOther) = (NameOf(x), NameOf(y));
        if (arguments.GetValue(_plot) is { } path)
        {
            using OutputFile output = OutputFile.Create(path, [.. reference.InputFiles, .. other.InputFiles]);
            ErrorPlot.Write(comparison, $"{nameOfOther} against {nameOfReference}", output.Stream, PlotFile.IsSvg(path));
            output.Complete();
        }

        if (json)
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(ResultOf(comparison, nameOfReference, nameOfOther)));
        }
        else
        {
            new ComparisonReport(comparison, nameOfReference, nameOfOther).Write();
        }

        return comparison.FirstBeyond is null ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>Models are traced with the tokens and at the positions of a file that they are compared with.</summary>
    private async Task TraceModelsAsync(TraceSource reference, TraceSource other, ParseResult arguments, CancellationToken cancellationToken)
    {
        Trace? file = reference.Trace ?? other.Trace;
        var kept = new TraceOptions
        {
            Nodes = arguments.GetValue(_node),
            Positions = arguments.GetValue(_positions) is { } name ? TraceArguments.PositionsOf(name) : file?.Positions ?? TracePositions.Last,
        };
        ModelOptions options = prompt.Complete(_loading.Read(arguments), arguments);
        NumericsMode otherNumerics = arguments.GetValue(_otherNumerics) is { } numerics ? CommonOptions.NumericsOf(numerics) : options.Numerics;
        using var engine = new Engine(arguments);
        foreach ((TraceSource source, ModelOptions loaded) in ((TraceSource, ModelOptions)[])[
            (reference, options), (other, options with { Numerics = otherNumerics })])
        {
            if (source.Trace is null)
            {
                await source.TraceAsync(engine, loaded, model => prompt.Read(arguments, model, file?.Tokens), kept, cancellationToken);
            }
        }
    }

    private static string NameOf(Trace trace) =>
        trace.Numerics is null ? Path.GetFileName(trace.Source) : $"{Path.GetFileName(trace.Source)} ({trace.Numerics})";

    private static CompareResult ResultOf(TraceComparison comparison, string reference, string other) => new()
    {
        Reference = reference,
        Other = other,
        Tolerance = comparison.Tolerance,
        FirstBeyond = comparison.FirstBeyond?.Name,
        LargestStep = comparison.LargestStep?.Node.Name,
        Nodes = [
            .. comparison.Nodes.Select(n => new CompareEntry(n.Name, n.Compared, n.Nmse, n.Cosine, n.L2Error, n.SumError, n.Error, comparison.IsBeyond(n)))],
        OnlyInReference = comparison.OnlyInReference,
        OnlyInOther = comparison.OnlyInOther,
    };
}
