using System.Globalization;
using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Targets;

return args switch
{
    ["list"] => List(),
    ["run", var seconds, var processes, var seed, var output, .. var names] =>
        await Campaign.RunAsync(Targets(names), Seconds(seconds), (int)Number(processes), Number(seed), output) ? 0 : 1,
    ["worker", var name, var seed, var first, var seconds, var folder, var output] =>
        Work(AllTargets.Find(name), Number(seed), (long)Number(first), Seconds(seconds), folder, output),
    ["check", var name, var file, var folder] => Check(AllTargets.Find(name), file, folder),
    ["replay", var name, var seed, var index] => Replay(AllTargets.Find(name), new InputMaker(AllTargets.Find(name), Number(seed)).Make((long)Number(index))),
    ["replay", var name, var file] => Replay(AllTargets.Find(name), new FuzzInput(File.ReadAllBytes(file), [file])),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("list | run SECONDS PROCESSES SEED FOLDER [TARGET...] | replay TARGET FILE | replay TARGET SEED NUMBER; see tests/Fuzz/README.md");
    return 2;
}

static int List()
{
    foreach (FuzzTarget target in AllTargets.List)
    {
        Console.WriteLine($"{target.Name,-18}{string.Join(", ", target.Corpus.Select(file => $"{file.Length}"))} bytes");
    }

    return 0;
}

static int Work(FuzzTarget target, ulong seed, long first, TimeSpan time, string folder, string output)
{
    using var state = new WorkerState(folder);
    new Worker(target, seed, state, folder, new FindingFolder(output, target, seed)).Run(first, time);
    return 0;
}

static int Check(FuzzTarget target, string file, string folder)
{
    using var state = new WorkerState(folder);
    state.Runs++;
    return new Examiner(target, folder).Examine(File.ReadAllBytes(file)) is null ? 0 : 1;
}

static int Replay(FuzzTarget target, FuzzInput input)
{
    string folder = Directory.CreateTempSubdirectory("tessera-fuzz-").FullName;
    try
    {
        Console.WriteLine($"{input.File.Length} bytes: {string.Join("; ", input.Changes)}");
        var examiner = new Examiner(target, folder);

        // What is made once is no input's.
        examiner.Examine(target.Corpus[0]);
        Failure? failure = examiner.Examine(input.File);
        Console.WriteLine($"{examiner.Allocated:N0} managed bytes, {examiner.ProcessGrowth:N0} more of the process");
        Console.WriteLine(examiner.Refusal is { } refusal ? $"{refusal.GetType().Name}: {refusal.Message}" : "accepted");
        Console.WriteLine(failure is null ? "nothing wrong" : $"{failure.Kind}: {failure.Key}\n{failure.Detail}");
        return failure is null ? 0 : 1;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static IReadOnlyList<FuzzTarget> Targets(string[] names) => names.Length == 0 ? AllTargets.List : [.. names.Select(AllTargets.Find)];

static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));

static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
