using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Tessera.Fuzz.Harness;

/// <summary>A process of this program with a limit of memory, watched by its parent, which ends it where a run takes too long or too much.</summary>
internal static class ChildProcess
{
    // Processor time: on a machine that has other work an input takes no more of it.
    private static readonly TimeSpan s_longestRun = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestStart = TimeSpan.FromSeconds(30);

    // What stands still without computing.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(60);

    private const long MostProcessBytes = 1L << 30;
    private const string MostManagedBytes = "0x20000000";
    private const string YoungBytes = "0x800000";

    /// <summary>glibc's allocator that notices writes outside of what it gave.</summary>
    private const string CheckingAllocator = "libc_malloc_debug.so.0";

    private const int PollMilliseconds = 50;
    private const int KeptErrorLength = 1 << 16;

    private static readonly bool s_hasCheckingAllocator = NativeLibrary.TryLoad(CheckingAllocator, out _);

    /// <summary>Starts the program and waits until it ends or must end.</summary>
    /// <param name="state">Tells whether it moves.</param>
    /// <param name="arguments">Its command line.</param>
    /// <returns>Null where it ended by itself with exit code 0 or 1.</returns>
    public static Failure? Run(WorkerState state, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ChildProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_GCHeapHardLimit"] = MostManagedBytes;
        start.Environment["DOTNET_GCgen0size"] = YoungBytes;
        if (s_hasCheckingAllocator)
        {
            start.Environment["LD_PRELOAD"] = CheckingAllocator;
            start.Environment["MALLOC_CHECK_"] = "3";
        }

        using Process process = Process.Start(start)!;
        var error = new StringBuilder();
        process.ErrorDataReceived += (_, line) => error.Append(error.Length < KeptErrorLength ? $"{line.Data}\n" : "");
        process.BeginErrorReadLine();
        Failure? ended = Watch(process, state);
        if (ended is not null)
        {
            process.Kill();
        }

        process.WaitForExit();
        return ended ?? (process.ExitCode is 0 or 1 ? null : CrashOf(process.ExitCode, error.ToString()));
    }

    private static Failure? Watch(Process process, WorkerState state)
    {
        long startRuns = state.Runs;
        long runs = -1;
        TimeSpan processor = default;
        Stopwatch wait = new();
        while (!process.WaitForExit(PollMilliseconds))
        {
            try
            {
                process.Refresh();
                if (state.Runs != runs)
                {
                    (runs, processor) = (state.Runs, process.TotalProcessorTime);
                    wait.Restart();
                }

                TimeSpan taken = process.TotalProcessorTime - processor;
                if (taken > (runs == startRuns ? s_longestStart : s_longestRun) || wait.Elapsed > s_longestWait)
                {
                    FormattableString time = $"{taken.TotalSeconds:F1} s of processor time, {wait.Elapsed.TotalSeconds:F1} s in all";
                    return new Failure(FailureKind.Hang, "no end", FormattableString.Invariant(time));
                }

                if (process.WorkingSet64 > MostProcessBytes)
                {
                    string bytes = string.Create(CultureInfo.InvariantCulture, $"the process has {process.WorkingSet64:N0} bytes");
                    return new Failure(FailureKind.OverAllocation, "process memory", bytes);
                }
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception)
            {
                // It ended between two questions.
            }
        }

        return null;
    }

    private static Failure CrashOf(int exitCode, string error) => new(FailureKind.Crash, $"exit code {exitCode} {Failure.PlaceIn(error)}", error);
}
