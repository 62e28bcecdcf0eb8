using System.Diagnostics;
using Tessera.Generation;
using Tessera.Workbench.Benchmarking;

namespace Tessera.Cli.Bench;

/// <summary>Runs tests on one session, and those of several sequences on sequences of their own, with the same random tokens for the same test.</summary>
internal sealed class BenchRunner : IDisposable
{
    private readonly LanguageModel _model;
    private readonly IModelSession _session;
    private readonly MachineLimits? _limits;
    private readonly int[] _ids;
    private readonly float[] _logits;

    public BenchRunner(LanguageModel model, IReadOnlyList<BenchTest> tests, MachineLimits? limits)
    {
        int length = tests.Max(test => test.Depth + test.Positions);
        if (model.Shape.ContextLength > 0 && length > model.Shape.ContextLength)
        {
            throw new TesseraException($"{length} tokens do not fit the context of {model.Shape.ContextLength} that the model was trained for.");
        }

        _model = model;
        var random = new Random(1);
        _ids = new int[length];
        for (int i = 0; i < length; i++)
        {
            _ids[i] = random.Next(model.Shape.Vocabulary);
        }

        _logits = new float[model.Shape.Vocabulary * tests.Max(test => test.Sequences)];
        _session = model.CreateSession(length);
        _session.Evaluate(_ids.AsSpan(0, 1), _logits.AsSpan(0, model.Shape.Vocabulary));
        using var process = Process.GetCurrentProcess();
        FirstToken = DateTime.Now - process.StartTime;
        _limits = limits;
    }

    /// <summary>From the start of the process to the first token's logits.</summary>
    public TimeSpan FirstToken { get; }

    /// <summary>Fills the session up to the test's depth, then measures after a run that does not count; limits are measured in turns.</summary>
    public BenchMeasurement Measure(BenchTest test, int repeats, CancellationToken cancellationToken)
    {
        if (_session.Tokens.Count < test.Depth)
        {
            _session.Evaluate(_ids.AsSpan(_session.Tokens.Count, test.Depth - _session.Tokens.Count), [], cancellationToken);
        }

        ForwardCost cost = Cost(test);
        var measurement = new BenchMeasurement(test, cost, test.IsPrompt ? MachineLimits.InstructionFor(_model, cost.Activations) : "read bandwidth");
        using var sequences = new BenchSequences(_model, _ids.AsMemory(0, test.Depth), test.Sequences > 1 ? test.Sequences : 0, cancellationToken);
        _session.Rewind(test.Depth);
        Evaluate(test, sequences, cancellationToken);
        for (int i = 0; i < repeats; i++)
        {
            _session.Rewind(test.Depth);
            sequences.Rewind(test.Depth);
            long total = GC.GetTotalAllocatedBytes(precise: true);
            long thread = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            Evaluate(test, sequences, cancellationToken);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            thread = GC.GetAllocatedBytesForCurrentThread() - thread;
            total = GC.GetTotalAllocatedBytes(precise: true) - total;
            measurement.ThreadAllocations.Add((double)thread / test.Tokens);
            measurement.TotalAllocations.Add((double)total / test.Tokens);
            measurement.TokensPerSecond.Add(test.Tokens / elapsed.TotalSeconds);
            if (_limits is not null)
            {
                measurement.Limit.Add(test.IsPrompt ? MachineLimits.MeasureMultiplyAdds(_model, cost.Activations) : _limits.MeasureReadBandwidth(_model));
            }
        }

        _session.Rewind(test.Depth);
        return measurement;
    }

    public void Dispose() => _session.Dispose();

    private ForwardCost Cost(BenchTest test)
    {
        if (test.IsPrompt)
        {
            return ForwardCost.Of(_model, test.Tokens);
        }

        ForwardCost step = ForwardCost.OfStep(_model, test.Sequences);
        return step with { MultiplyAdds = step.MultiplyAdds * test.Positions, WeightBytes = step.WeightBytes * test.Positions };
    }

    private void Evaluate(BenchTest test, BenchSequences sequences, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<int> ids = _ids.AsMemory(test.Depth, test.Positions);
        Span<float> logits = _logits.AsSpan(0, test.Sequences * _model.Shape.Vocabulary);
        if (test.IsPrompt)
        {
            _session.Evaluate(ids.Span, logits, cancellationToken);
            return;
        }

        for (int i = 0; i < ids.Length; i++)
        {
            if (test.Sequences > 1)
            {
                sequences.Evaluate(ids.Slice(i, 1), logits, cancellationToken);
            }
            else
            {
                _session.Evaluate(ids.Span.Slice(i, 1), logits, cancellationToken);
            }
        }
    }
}
