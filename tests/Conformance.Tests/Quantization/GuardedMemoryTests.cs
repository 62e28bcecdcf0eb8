using System.Diagnostics;
using Tessera.Conformance.Quantization;

namespace Tessera.Conformance.Tests.Quantization;

/// <summary>Who touches a guard page takes the process down: these run in one of their own.</summary>
public class GuardedMemoryTests
{
    [Theory]
    [InlineData(nameof(Reads_past_the_end))]
    [InlineData(nameof(Writes_past_the_end))]
    public async Task A_touch_past_the_end_ends_the_run(string test)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("memory is guarded on Linux only");
        }

        string assembly = typeof(GuardedMemoryTests).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [assembly, "-explicit", "only", "-method", $"{typeof(GuardedMemoryTests).FullName}.{test}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains(nameof(AccessViolationException), error + await output, StringComparison.Ordinal);
        Assert.Contains(nameof(ToyMatrix), error + await output, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public Task Reads_past_the_end() =>
        Suite.RunAsync(
            new ToySuite(new ToyFormat(FormatFlaw.ReadsPastTheEnd)), nameof(QuantFormatConformance.Every_number_of_rows_and_blocks_gives_the_exact_products));

    [Fact(Explicit = true)]
    public Task Writes_past_the_end() =>
        Suite.RunAsync(new ToySuite(new ToyFormat(FormatFlaw.WritesPastTheEnd)),
            nameof(QuantFormatConformance.A_tail_of_rows_has_the_bits_of_the_same_rows_in_a_larger_matrix));
}
