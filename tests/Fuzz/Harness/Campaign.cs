namespace Tessera.Fuzz.Harness;

/// <summary>All targets, each for the same time, so many at once.</summary>
internal static class Campaign
{
    /// <summary>Runs them and prints the table.</summary>
    /// <returns>Whether nothing failed.</returns>
    public static async Task<bool> RunAsync(IReadOnlyList<FuzzTarget> targets, TimeSpan timeForEach, int processes, ulong seed, string output)
    {
        Console.WriteLine(FormattableString.Invariant(
            $"seed {seed}, {targets.Count} targets, {timeForEach.TotalSeconds:F0} s each, {processes} at once; what fails is kept in {output}"));
        var results = new TargetResult[targets.Count];
        await Parallel.ForAsync(0, targets.Count, new ParallelOptions { MaxDegreeOfParallelism = processes }, (i, _) =>
        {
            using var run = new TargetRun(targets[i], seed, output);
            results[i] = run.Run(timeForEach);
            return ValueTask.CompletedTask;
        });
        Console.WriteLine("target                inputs  a second  accepted  crashes  hangs  over-allocations  managed KB  process KB");
        foreach (TargetResult r in results)
        {
            double accepted = r.Inputs == 0 ? 0 : r.Accepted / (double)r.Inputs;
            FormattableString inputs = $"{r.Target,-18}{r.Inputs,10:N0}{r.Inputs / r.Time.TotalSeconds,10:N0}{accepted,10:P0}";
            FormattableString failures = $"{r.Crashes,9:N0}{r.Hangs,7:N0}{r.OverAllocations,18:N0}{r.MostManaged >> 10,12:N0}{r.MostProcess >> 10,12:N0}";
            Console.WriteLine(FormattableString.Invariant(inputs) + FormattableString.Invariant(failures));
        }

        // .ci/run counts this line.
        int failed = results.Count(result => result.Failed);
        Console.WriteLine($"{results.Length - failed} passed, {failed} failed; inputs: {results.Sum(result => result.Inputs)}");
        return failed == 0;
    }
}
