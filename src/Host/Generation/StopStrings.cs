namespace Tessera.Generation;

/// <summary>
/// Ends a text that arrives in pieces where the first of some strings is complete. Text that may yet become part of a stop string is held back,
/// so what has been shown never contains the beginning of one. How the text is cut into pieces changes nothing: the stop string whose last
/// character comes first matches, and of several that end at the same character the longest. Comparison is ordinal.
/// </summary>
public sealed class StopStrings
{
    private readonly string[] _longestFirst;
    private string _held = "";

    /// <summary>Makes a filter for one text.</summary>
    /// <param name="strings">The stop strings; with none, all text passes.</param>
    /// <exception cref="TesseraException">A stop string is empty.</exception>
    public StopStrings(IReadOnlyList<string> strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        if (strings.Any(string.IsNullOrEmpty))
        {
            throw new TesseraException("A stop string must not be empty.");
        }

        _longestFirst = [.. strings.OrderByDescending(stop => stop.Length)];
    }

    /// <summary>The stop string that ended the text, or null. Once set it stays; <see cref="Flush"/> never sets it.</summary>
    public string? Matched { get; private set; }

    /// <summary>Adds a piece of text.</summary>
    /// <param name="text">Any length.</param>
    /// <returns>
    /// The text to show now, perhaps empty: what was held back and the piece, up to a stop string or to what may become one. The stop string itself
    /// and all text after it, from later calls too, is dropped.
    /// </returns>
    public string Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Matched is not null)
        {
            return "";
        }

        string pending = _held + text;
        for (int end = _held.Length + 1; end <= pending.Length; end++)
        {
            Matched = EndingAt(pending.AsSpan(0, end));
            if (Matched is not null)
            {
                _held = "";
                return pending[..(end - Matched.Length)];
            }
        }

        int held = LengthToHold(pending);
        _held = pending[^held..];
        return pending[..^held];
    }

    /// <summary>
    /// Ends the text: returns what was held back, since no stop string can be completed any more. Empty after a match. Text that is appended
    /// afterwards begins anew.
    /// </summary>
    public string Flush()
    {
        string held = _held;
        _held = "";
        return held;
    }

    private string? EndingAt(ReadOnlySpan<char> text)
    {
        foreach (string stop in _longestFirst)
        {
            if (text.EndsWith(stop))
            {
                return stop;
            }
        }

        return null;
    }

    /// <summary>The length of the longest end of the text that begins a stop string.</summary>
    private int LengthToHold(ReadOnlySpan<char> text)
    {
        int longest = 0;
        foreach (string stop in _longestFirst)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.EndsWith(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
