using System.Diagnostics;

namespace Tessera.Packages.Tests;

/// <summary>A program that runs beside a test, and ends with it.</summary>
public sealed class BackgroundCommand : IAsyncDisposable
{
    private readonly Process _process;

    internal BackgroundCommand(string file, string folder, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments) =>
        _process = Process.Start(Command.Describe(file, folder, environment, arguments))!;

    /// <summary>Reads its output up to a line with a text.</summary>
    /// <returns>What follows the text in the line.</returns>
    internal async Task<string> ReadUntilAsync(string text)
    {
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Split(text, 2) is [_, var rest])
            {
                return rest;
            }
        }

        throw new InvalidOperationException($"It ended without '{text}': {await _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
