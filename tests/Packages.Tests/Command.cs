using System.Diagnostics;

namespace Tessera.Packages.Tests;

/// <summary>Runs commands as a user would, with package and template folders of their own.</summary>
internal static class Command
{
    // What a test run hands down to its children, and a user's shell does not have.
    private static readonly string[] Inherited = [
        "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH", "MSBuildLoadMicrosoftTargetsReadOnly", "TESSERA_PLUGINS"];

    /// <summary>Runs a command to its end and expects that it succeeds.</summary>
    /// <returns>What it wrote to the standard output.</returns>
    public static async Task<string> RunAsync(string file, string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Array.ForEach(Inherited, name => start.Environment.Remove(name));
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
            Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            Assert.True(process.ExitCode == 0, $"{file} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}:\n{await output}\n{await error}");
            return await output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
