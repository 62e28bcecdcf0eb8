using System.Diagnostics;
using System.Globalization;

namespace Tessera.Fuzz.Harness;

/// <summary>Lets workers examine a target's inputs for some time. One that ends before its time ended with an input, and the next begins behind it.</summary>
internal sealed class TargetRun : IDisposable
{
    private const int Tries = 60;

    /// <summary>Each that succeeds takes all the time that a run may take.</summary>
    private const int TriesOfHangs = 4;

    private readonly FuzzTarget _target;
    private readonly ulong _seed;
    private readonly string _output;
    private readonly FindingFolder _findings;
    private readonly InputMaker _inputs;
    private readonly WorkerState _state;

    public TargetRun(FuzzTarget target, ulong seed, string output)
    {
        (_target, _seed, _output) = (target, seed, output);
        Folder = Directory.CreateTempSubdirectory("tessera-fuzz-").FullName;
        _state = new WorkerState(Folder);
        _findings = new FindingFolder(output, target, seed);
        _inputs = new InputMaker(target, seed);
    }

    private string Folder { get; }

    public void Dispose()
    {
        _state.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public TargetResult Run(TimeSpan time)
    {
        Stopwatch clock = Stopwatch.StartNew();
        long first = 0;
        while (clock.Elapsed < time)
        {
            string seconds = (time - clock.Elapsed).TotalSeconds.ToString(CultureInfo.InvariantCulture);
            if (ChildProcess.Run(_state, "worker", _target.Name, $"{_seed}", $"{first}", seconds, Folder, _output) is not { } failure)
            {
                break;
            }

            _state.Count(failure.Kind);
            _state.Inputs++;
            first = _state.Index + 1;
            Report(failure);
        }

        return new TargetResult
        {
            Target = _target.Name,
            Inputs = _state.Inputs,
            Accepted = _state.Accepted,
            Crashes = _state.Failures(FailureKind.Crash),
            Hangs = _state.Failures(FailureKind.Hang),
            OverAllocations = _state.Failures(FailureKind.OverAllocation),
            MostManaged = _state.MostManaged,
            MostProcess = _state.MostProcess,
            Time = clock.Elapsed,
        };
    }

    private void Report(Failure failure)
    {
        if (_findings.IsNew(failure))
        {
            long index = _state.Index;
            var reducer = new Reducer(_inputs, index, file => FailsAlike(file, failure), failure.Kind == FailureKind.Hang ? TriesOfHangs : Tries);
            _findings.Save(index, failure, reducer.Reduce(_inputs.Make(index)));
        }
    }

    private bool FailsAlike(byte[] file, Failure failure)
    {
        string path = Path.Combine(Folder, $"candidate{_target.Extension}");
        File.WriteAllBytes(path, file);
        return ChildProcess.Run(_state, "check", _target.Name, path, Folder)?.Key == failure.Key;
    }
}
