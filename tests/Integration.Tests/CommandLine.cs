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

    public static async Task<CommandLineResult> RunAsync(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "tessera.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new CommandLineResult(process.ExitCode, await output, await error);
    }
}
