using System.Text;
using System.Text.RegularExpressions;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// One cut of a pre-tokenizer: every match is a piece, and so is all text between two matches. The pattern is a regular expression in .NET's
/// syntax with <c>\p{L}</c>, <c>\p{N}</c>, <c>\p{P}</c>, <c>\p{M}</c>, <c>\p{S}</c>, <c>\p{Han}</c> and <c>\p{CasedBeyondBmp}</c>, white
/// space as llama.cpp knows it and no character beyond U+FFFF; or the name of one of <see cref="DigitTriples"/>.
/// </summary>
internal sealed class SplitPattern
{
    // In ASCII, '~' is no \p{S}: the reference's table leaves it out.
    private static readonly Dictionary<string, string> Sets = new()
    {
        ["N"] = $"0-9{CharacterClasses.Number}",
        ["L"] = $"A-Za-z{CharacterClasses.Letter}{CharacterClasses.HanLetter}",
        ["P"] = $@"!-#%-*,-/:;?@\[-\]_{{}}{CharacterClasses.Punctuation}",
        ["M"] = $"{CharacterClasses.Mark}",
        ["S"] = $@"$+<->\^`|{CharacterClasses.Symbol}",
        ["Han"] = $"{CharacterClasses.HanLetter}{CharacterClasses.HanOther}",
        ["CasedBeyondBmp"] = $"{CharacterClasses.CasedBeyondBmp}",
    };

    private readonly Regex? _regex;
    private readonly DigitTriples? _triples;

    public SplitPattern(string pattern)
    {
        _triples = DigitTriples.Find(pattern);
        ByClass = _triples is not null || pattern.Replace(@"\p{CasedBeyondBmp}", "", StringComparison.Ordinal).Contains(@"\p{", StringComparison.Ordinal);
        _regex = _triples is null ? new Regex(Translate(pattern), RegexOptions.CultureInvariant) : null;
    }

    /// <summary>Whether the pattern is read over classes; over characters otherwise.</summary>
    public bool ByClass { get; }

    /// <summary>Appends the lengths of a text's pieces.</summary>
    /// <param name="text">Stand-ins, one per code point. The pattern sees nothing before and after.</param>
    /// <param name="lengths">Receives the lengths; they add up to the text's.</param>
    public void Split(ReadOnlySpan<char> text, List<int> lengths)
    {
        if (_triples is not null)
        {
            _triples.Split(text, lengths);
            return;
        }

        int start = 0;
        foreach (ValueMatch match in _regex!.EnumerateMatches(text))
        {
            Add(lengths, match.Index - start);
            Add(lengths, match.Length);
            start = match.Index + match.Length;
        }

        Add(lengths, text.Length - start);
    }

    internal static void Add(List<int> lengths, int length)
    {
        if (length > 0)
        {
            lengths.Add(length);
        }
    }

    private static string Translate(string pattern)
    {
        StringBuilder translated = new();
        int depth = 0;
        for (int i = 0; i < pattern.Length; i++)
        {
            if (char.IsSurrogate(pattern[i]))
            {
                throw new ArgumentException($"the pattern {pattern} names a character beyond U+FFFF");
            }

            if (pattern[i] == '\\' && pattern.AsSpan(i).StartsWith(@"\p{"))
            {
                int end = pattern.IndexOf('}', i);
                string set = Sets[pattern[(i + 3)..end]];
                translated.Append(depth > 0 ? set : $"[{set}]");
                i = end;
            }
            else if (pattern[i] == '\\')
            {
                translated.Append(pattern, i, 2);
                i++;
            }
            else
            {
                // Within brackets only a subtraction, "-[", opens another pair.
                depth += pattern[i] == '[' && (depth == 0 || pattern[i - 1] == '-') ? 1 : pattern[i] == ']' && depth > 0 ? -1 : 0;
                translated.Append(pattern[i]);
            }
        }

        return translated.ToString();
    }
}
