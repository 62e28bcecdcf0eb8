using System.Diagnostics;
using System.Reflection;

namespace Tessera.Integration.Tests;

/// <summary>Starts <c>tessera</c> as a process.</summary>
internal static class CommandLine
{
    /// <summary>The built command line with its plugins and default model.</summary>
    public static string Folder { get; } = typeof(CommandLine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CommandLineFolder").Value!;

    public static Task<CommandLineResult> RunAsync(params string[] arguments) => RunAsync(Folder, arguments);

    public static Task<CommandLineResult> RunAsync(string folder, string[] arguments) => RunAsync(folder, arguments, []);

    /// <summary>Runs it with bytes on standard input.</summary>
    public static Task<CommandLineResult> RunWithInputAsync(byte[] input, params string[] arguments) => RunAsync(Folder, arguments, input);

    /// <summary>Starts it with its standard streams as a shell's redirections make them: <c>2>/dev/full</c>.</summary>
    public static Task<CommandLineResult> RunRedirectedAsync(string redirections, params string[] arguments) =>
        RunAsync(new ProcessStartInfo("sh", ["-c", $"exec dotnet \"$@\" {redirections}", "sh", Path.Combine(Folder, "tessera.dll"), .. arguments]), []);

    /// <summary>Starts it and leaves it running.</summary>
    public static Process Start(params string[] arguments) =>
        Process.Start(Redirected(new ProcessStartInfo("dotnet", [Path.Combine(Folder, "tessera.dll"), .. arguments])))!;

    private static Task<CommandLineResult> RunAsync(string folder, string[] arguments, byte[] input) =>
        RunAsync(new ProcessStartInfo("dotnet", [Path.Combine(folder, "tessera.dll"), .. arguments]), input);

    private static ProcessStartInfo Redirected(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    private static async Task<CommandLineResult> RunAsync(ProcessStartInfo start, byte[] input)
    {
        using Process process = Process.Start(Redirected(start))!;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await process.StandardInput.BaseStream.WriteAsync(input, cancellation);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new CommandLineResult(process.ExitCode, await output, await error);
    }
}
