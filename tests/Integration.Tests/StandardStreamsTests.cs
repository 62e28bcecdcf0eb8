using System.Diagnostics;
using System.Globalization;
using Tessera.Conformance;

namespace Tessera.Integration.Tests;

/// <summary>Standard streams that are closed, full, or left by their reader, and signals.</summary>
public sealed class StandardStreamsTests : IDisposable
{
    private static readonly string s_model = Path.Combine(CommandLine.Folder, "models", "shakespeare.Q4_K_M.gguf");

    private readonly TemporaryFolder _folder = new();

    public StandardStreamsTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "signals and file descriptors are Unix'");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2>&-", 0, "run", "-n", "2")]
    [InlineData("2>/dev/full", 0, "run", "-n", "2")]
    [InlineData("2>&-", 1, "run", "-n", "abc")]
    [InlineData("2>/dev/full", 2, "run", "no-such-model.gguf")]
    [InlineData(">/dev/full", 1, "run", "-n", "2")]
    [InlineData(">&-", 1, "run", "-n", "2")]
    [InlineData(">/dev/full", 1, "plugins")]
    [InlineData(">/dev/full", 1, "plugins", "--json")]
    [InlineData(">&- 2>&- <&-", 1, "run", "-n", "2")]
    [InlineData("<&-", 0, "run", "-n", "2")]
    public async Task A_stream_that_is_closed_or_full_is_an_exit_code(string redirections, int exitCode, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux'");

        CommandLineResult result = await CommandLine.RunRedirectedAsync(redirections, arguments);

        Assert.Equal(exitCode, result.ExitCode);
        if (redirections is ">/dev/full" or ">&-")
        {
            Assert.StartsWith("tessera: Standard output ", result.Error, StringComparison.Ordinal);
            Assert.Single(result.Error.Trim().Split('\n'));
        }
    }

    [Theory]
    [InlineData("plugins")]
    [InlineData("plugins", "--json")]
    [InlineData("inspect", "MODEL")]
    [InlineData("inspect", "MODEL", "--json")]
    [InlineData("explain", "MODEL")]
    [InlineData("tokenize", "MODEL", "text")]
    [InlineData("trace", "MODEL", "--ids", "1")]
    [InlineData("bench", "-n", "1", "-p", "0", "-r", "1")]
    [InlineData("--help")]
    public async Task A_reader_that_has_left_ends_a_command_without_a_word(params string[] arguments)
    {
        using Process process = CommandLine.Start([.. arguments.Select(argument => argument == "MODEL" ? s_model : argument)]);
        process.StandardInput.Close();
        process.StandardOutput.Close();
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((141, ""), (process.ExitCode, error));
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_a_run()
    {
        using Process process = Endless();
        await ReadSomeAsync(process);
        process.StandardOutput.Close();
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((141, ""), (process.ExitCode, error));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_ends_a_run(string signal)
    {
        using Process process = Endless();
        await ReadSomeAsync(process);
        await SendAsync(signal, process);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((130, ""), (process.ExitCode, error));
        Assert.EndsWith("\n", await output, StringComparison.Ordinal);
    }

    /// <summary>Standard input is never written to: the command waits in a call that hears of no cancellation.</summary>
    [Theory]
    [InlineData("INT", "run", "MODEL")]
    [InlineData("TERM", "tokenize", "MODEL", "--file", "/dev/stdin")]
    public async Task A_signal_ends_a_command_that_does_not_listen(string signal, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells in which call a thread waits");
        using Process process = CommandLine.Start([.. arguments.Select(argument => argument == "MODEL" ? s_model : argument)]);
        while (!ReadsStandardInput(process.Id))
        {
            Assert.False(process.HasExited, "it did not wait for its input");
            await Task.Yield();
        }

        await SendAsync(signal, process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
    }

    [Fact]
    public async Task What_a_plugins_thread_throws_is_a_line_and_an_exit_code()
    {
        string plugin = Path.Combine(
            Golden.RepositoryRoot, "artifacts", "test-plugins", Path.GetFileName(Path.GetDirectoryName(CommandLine.Folder))!, "ThrowingThread");
        Directory.CreateDirectory(_folder.File("plugins/ThrowingThread"));
        foreach (string file in Directory.GetFiles(plugin))
        {
            File.Copy(file, Path.Combine(_folder.File("plugins/ThrowingThread"), Path.GetFileName(file)));
        }

        CommandLineResult result = await CommandLine.RunAsync("plugins", "verify", "--plugins", _folder.File("plugins"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("tessera: An unexpected error, InvalidTimeZoneException: no luck\\u001B[31m", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    private static Process Endless() => CommandLine.Start("run", "-p", "ROMEO:", "-n", "-1", "-c", "60000", "--ignore-eos");

    private static async Task ReadSomeAsync(Process process)
    {
        process.StandardInput.Close();
        Assert.Equal(4, await process.StandardOutput.ReadBlockAsync(new char[4], TestContext.Current.CancellationToken));
    }

    private static async Task SendAsync(string signal, Process process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Whether a thread of the process is in the system call <c>read</c> of what its descriptor 0 is.</summary>
    private static bool ReadsStandardInput(int process)
    {
        string? input = new FileInfo($"/proc/{process}/fd/0").LinkTarget;
        foreach (string thread in Directory.GetDirectories($"/proc/{process}/task"))
        {
            try
            {
                // The number of the call, 0 on x64 and 63 on ARM64, and its arguments.
                string[] call = File.ReadAllText($"{thread}/syscall").Split(' ');
                if (call[0] is "0" or "63" && new FileInfo($"/proc/{process}/fd/{Convert.ToInt32(call[1], 16)}").LinkTarget == input)
                {
                    return true;
                }
            }
            catch (IOException)
            {
                // The thread has ended.
            }
        }

        return false;
    }
}
