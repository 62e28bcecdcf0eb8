using System.Diagnostics;

namespace Tessera.Integration.Tests;

/// <summary>Interrupts <c>tessera</c> in the middle of its work.</summary>
internal static class Interruption
{
    /// <summary>Starts it, and sends a signal when it has begun to write a file; the work is to be more than it could ever have done by then.</summary>
    /// <param name="folder">Where the file is written.</param>
    /// <param name="signal">The signal's name: <c>INT</c>.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<CommandLineResult> AtFirstFileAsync(string folder, string signal, params string[] arguments)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var begun = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(folder);
        watcher.Created += (_, _) => begun.TrySetResult();
        watcher.EnableRaisingEvents = true;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(CommandLine.Folder, "tessera.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        Task ended = process.WaitForExitAsync(cancellation);
        if (await Task.WhenAny(begun.Task, ended) != ended)
        {
            using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
            await kill.WaitForExitAsync(cancellation);
        }

        await ended;
        return new CommandLineResult(process.ExitCode, await output, await error);
    }
}
