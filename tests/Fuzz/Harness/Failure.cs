using System.Text.RegularExpressions;

namespace Tessera.Fuzz.Harness;

/// <summary>What went wrong with an input.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">The same for what has probably the same cause: the exception's type and the innermost method of ours, or its message.</param>
/// <param name="Detail">The exception with its stack trace, or the figures.</param>
internal sealed partial record Failure(FailureKind Kind, string Key, string Detail)
{
    public static Failure Of(Exception exception, string reason)
    {
        Exception cause = exception;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        string place = PlaceIn(cause.StackTrace ?? "") ?? Digits().Replace(exception.Message.Split('\n')[0], "");
        FailureKind kind = cause is OutOfMemoryException ? FailureKind.OverAllocation : FailureKind.Crash;
        return new Failure(kind, $"{reason}: {cause.GetType().Name} {place}", exception.ToString());
    }

    /// <summary>The innermost method of ours in a stack trace, or null.</summary>
    public static string? PlaceIn(string stackTrace) =>
        stackTrace.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("at Tessera.", StringComparison.Ordinal))?.Split(" in ")[0];

    [GeneratedRegex("[0-9]")]
    private static partial Regex Digits();
}
