using System.Globalization;

namespace Tessera.Fuzz.Harness;

/// <summary>Runs a target with an input and measures what it takes.</summary>
internal sealed class Examiner(FuzzTarget target, string folder)
{
    /// <summary>
    /// Bytes of the process, beside twice the input, by which an input may raise what it uses at most: buffers of the system's, code, and garbage that was
    /// not yet collected.
    /// </summary>
    public const long FixedProcessBytes = 96L << 20;

    /// <summary>Where the input lies while it is examined, and afterwards where the process ended with it.</summary>
    public string InputFile { get; } = Path.Combine(folder, $"{FuzzTarget.InputName}{target.Extension}");

    /// <summary>Managed bytes that the last run took.</summary>
    public long Allocated { get; private set; }

    /// <summary>Bytes by which the last run raised the most that the process used; 0 where the system does not tell.</summary>
    public long ProcessGrowth { get; private set; }

    /// <summary>How the target said that the last input was bad; null where it was good.</summary>
    public Exception? Refusal { get; private set; }

    /// <summary>Runs the target.</summary>
    /// <returns>What must not happen and did, or null.</returns>
    public Failure? Examine(byte[] input)
    {
        File.WriteAllBytes(InputFile, input);
        Exception? thrown = null;
        ResetPeak();
        long peak = Peak();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        try
        {
            target.Run(InputFile);
        }
        catch (Exception e)
        {
            thrown = e;
        }

        Allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        ProcessGrowth = Peak() - peak;
        Refusal = thrown;
        return thrown is not null && target.WhatIsWrongWith(thrown) is { } reason ? Failure.Of(thrown, reason)
            : Allocated > (2L * input.Length) + target.FixedBytes ? Over("managed", Allocated, input.Length, target.FixedBytes)
            : ProcessGrowth > (2L * input.Length) + FixedProcessBytes ? Over("process", ProcessGrowth, input.Length, FixedProcessBytes)
            : null;
    }

    private Failure Over(string what, long bytes, int length, long constant) => new(
        FailureKind.OverAllocation,
        $"{what} memory, {(Refusal is null ? "accepted" : Refusal.GetType().Name)}",
        FormattableString.Invariant(
            $"{what} memory: {bytes:N0} bytes for an input of {length:N0}; the bound is twice that and {constant:N0}. {Refusal?.Message}"));

    private static void ResetPeak()
    {
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllBytes("/proc/self/clear_refs", "5"u8);
        }
    }

    /// <summary>The most physical memory that the process had since the last reset.</summary>
    private static long Peak()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(6).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) << 10;
            }
        }

        return 0;
    }
}
