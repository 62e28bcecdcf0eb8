using System.Text.RegularExpressions;

namespace Tessera.Packages.Tests;

/// <summary>Holds what a command wrote against what a page shows.</summary>
internal sealed class ExpectedOutput
{
    private const string Anything = "...";

    private readonly IReadOnlyList<string> _expected;
    private readonly string[] _actual;
    private readonly HashSet<(int, int)> _failed = [];
    private (int Expected, int Actual) _farthest;

    private ExpectedOutput(IReadOnlyList<string> expected, string[] actual) => (_expected, _actual) = (expected, actual);

    /// <summary>Compares line by line; spaces at the end of a line and empty lines at the end do not count.</summary>
    /// <returns>The first difference with both texts; null where there is none.</returns>
    public static string? Difference(string page, Example example, string actual)
    {
        string[] lines = [.. actual.TrimEnd().Split('\n').Select(line => line.TrimEnd())];
        var output = new ExpectedOutput(example.Output, lines is [""] ? [] : lines);
        return output.Fits(0, 0) ? null : output.Describe(page, example);
    }

    private bool Fits(int expected, int actual)
    {
        if (expected == _expected.Count && actual == _actual.Length)
        {
            return true;
        }

        _farthest = expected >= _farthest.Expected ? (expected, actual) : _farthest;
        if (expected == _expected.Count || !_failed.Add((expected, actual)))
        {
            return false;
        }

        return _expected[expected] == Anything
            ? Enumerable.Range(actual, _actual.Length - actual + 1).Any(next => Fits(expected + 1, next))
            : actual < _actual.Length && IsLine(_expected[expected], _actual[actual]) && Fits(expected + 1, actual + 1);
    }

    private static bool IsLine(string expected, string actual) =>
        Regex.IsMatch(actual, $"^{string.Join(".*", expected.TrimEnd().Split(Anything).Select(Regex.Escape))}$", RegexOptions.CultureInvariant);

    private string Describe(string page, Example example)
    {
        (int expected, int actual) = _farthest;
        return $"""
            {page}({example.Line + 1 + expected}): $ {example.Command}
              expected  {(expected < _expected.Count ? _expected[expected] : "(the end)")}
              actual    {(actual < _actual.Length ? _actual[actual] : "(the end)")}
            all of it:
            {string.Join('\n', _actual)}
            """;
    }
}
