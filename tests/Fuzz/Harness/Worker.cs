using System.Diagnostics;

namespace Tessera.Fuzz.Harness;

/// <summary>
/// What a child process does: examines one input after the other until its time is over. What ends the process itself is the parent's to notice.
/// </summary>
internal sealed class Worker(FuzzTarget target, ulong seed, WorkerState state, string folder, FindingFolder findings)
{
    private const int Tries = 400;

    // Processor time, as everywhere: what a busy machine reduces is the same.
    private static readonly TimeSpan s_reducingTime = TimeSpan.FromSeconds(10);

    private readonly InputMaker _inputs = new(target, seed);
    private readonly Examiner _examiner = new(target, folder);

    /// <summary>Examines the inputs from one on, the good files whatever the time.</summary>
    public void Run(long first, TimeSpan time)
    {
        Stopwatch clock = Stopwatch.StartNew();
        WarmUp();
        for (long index = first; index < target.Corpus.Count || clock.Elapsed < time; index++)
        {
            state.Index = index;
            FuzzInput input = _inputs.Make(index);
            Failure? failure = Examine(input.File);
            if (failure is null && _examiner.Refusal is { } refusal && index < target.Corpus.Count)
            {
                failure = new Failure(FailureKind.Crash, "a good file is refused", refusal.ToString());
            }

            if (failure is not null)
            {
                Report(index, input, failure);
            }
            else
            {
                state.MostManaged = Math.Max(state.MostManaged, _examiner.Allocated - (2L * input.File.Length));
                state.MostProcess = Math.Max(state.MostProcess, _examiner.ProcessGrowth);
            }

            state.Accepted += failure is null && _examiner.Refusal is null ? 1 : 0;
            state.Inputs++;
        }
    }

    /// <summary>Code is compiled and buffers are made with the good files, so that no input pays for it.</summary>
    private void WarmUp()
    {
        foreach (byte[] file in target.Corpus)
        {
            Examine(file);
            Examine(file[..(file.Length / 2)]);
        }
    }

    private Failure? Examine(byte[] input)
    {
        state.Runs++;
        return _examiner.Examine(input);
    }

    private void Report(long index, FuzzInput input, Failure failure)
    {
        state.Count(failure.Kind);
        if (findings.IsNew(failure))
        {
            TimeSpan end = Environment.CpuUsage.TotalTime + s_reducingTime;
            var reducer = new Reducer(_inputs, index, file => Environment.CpuUsage.TotalTime < end && Examine(file)?.Key == failure.Key, Tries);
            findings.Save(index, failure, reducer.Reduce(input));
        }
    }
}
