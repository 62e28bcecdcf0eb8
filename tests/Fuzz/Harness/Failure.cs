namespace Tessera.Fuzz.Harness;

/// <summary>What went wrong with an input.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">The same for what has probably the same cause: the exception's type and the innermost method of ours.</param>
/// <param name="Detail">The exception with its stack trace, or the figures.</param>
internal sealed record Failure(FailureKind Kind, string Key, string Detail)
{
    public static Failure Of(Exception exception, string reason)
    {
        Exception cause = exception;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        string place = (cause.StackTrace ?? "").Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("at Tessera.", StringComparison.Ordinal)) ?? "nowhere of ours";
        return new Failure(cause is OutOfMemoryException ? FailureKind.OverAllocation : FailureKind.Crash, $"{reason}: {cause.GetType().Name} {place.Split(" in ")[0]}", exception.ToString());
    }
}
