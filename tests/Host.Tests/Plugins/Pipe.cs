using System.Diagnostics;

namespace Tessera.Host.Tests.Plugins;

/// <summary>A named pipe in the file system, which whoever opens it waits at.</summary>
internal static class Pipe
{
    public static void Make(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes are not in folders there.");
        using Process process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
