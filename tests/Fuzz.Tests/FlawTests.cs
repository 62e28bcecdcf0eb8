using System.Text;
using Tessera.Fuzz.Harness;

namespace Tessera.Fuzz.Tests;

/// <summary>
/// What the targets are watched for is found where it happens, and kept as a file of the one byte that it needs; of more where each try takes all the time
/// that there is.
/// </summary>
public sealed class FlawTests : IDisposable
{
    private readonly string _output = Directory.CreateTempSubdirectory("tessera-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_output, recursive: true);

    [Theory]
    [InlineData(nameof(Flaw.UndocumentedException), nameof(FailureKind.Crash))]
    [InlineData(nameof(Flaw.NamelessRefusal), nameof(FailureKind.Crash))]
    [InlineData(nameof(Flaw.StackOverflow), nameof(FailureKind.Crash))]
    [InlineData(nameof(Flaw.EndlessLoop), nameof(FailureKind.Hang))]
    [InlineData(nameof(Flaw.ManagedMemory), nameof(FailureKind.OverAllocation))]
    [InlineData(nameof(Flaw.NativeMemory), nameof(FailureKind.OverAllocation))]
    public void A_flaw_is_found_and_reduced_to_what_it_needs(string flaw, string kind)
    {
        var target = new FlawedTarget(Enum.Parse<Flaw>(flaw));
        using var run = new TargetRun(target, seed: 1, _output);

        TargetResult result = run.Run(TimeSpan.FromSeconds(2));

        Assert.True(result.Failed);
        Assert.Equal(kind == nameof(FailureKind.Crash), result.Crashes > 0);
        Assert.Equal(kind == nameof(FailureKind.Hang), result.Hangs > 0);
        Assert.Equal(kind == nameof(FailureKind.OverAllocation), result.OverAllocations > 0);
        string kept = Assert.Single(Directory.GetFiles(_output, $"*{target.Extension}"), file => !file.EndsWith(".txt.txt", StringComparison.Ordinal));
        byte[] reduced = File.ReadAllBytes(kept);
        Assert.True(!Ascii.IsValid(reduced) && (reduced.Length == 1 || kind == nameof(FailureKind.Hang)), $"{reduced.Length} bytes");
        Assert.Contains($"replay    tests/Fuzz/run.sh replay {target.Name} {kept}", File.ReadAllText($"{kept}.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_that_refuses_its_good_files_has_failed()
    {
        using var run = new TargetRun(new FlawedTarget(Flaw.RefusesAll), seed: 1, _output);

        Assert.Equal(1, run.Run(TimeSpan.FromSeconds(1)).Crashes);
    }
}
