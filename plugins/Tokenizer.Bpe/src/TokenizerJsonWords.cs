using System.Globalization;
using System.Text.RegularExpressions;

namespace Tessera.Tokenizer.Bpe;

/// <summary>The part of a <c>tokenizer.json</c> that says how text is cut into words, found in the table of pre-tokenizers.</summary>
internal sealed partial class TokenizerJsonWords(JsonPlace root)
{
    private static readonly PreTokenizer Gpt2 = PreTokenizers.Find("gpt-2")!;

    /// <summary>The row of the table that cuts as the file says.</summary>
    /// <param name="name">A row that the user names in its place, or null.</param>
    /// <param name="ignoreMerges">Whether a word that is a token as a whole becomes that token.</param>
    public PreTokenizer Choose(string? name, bool ignoreMerges)
    {
        if (name is not null)
        {
            PreTokenizer named = PreTokenizers.Find(name) ?? throw root.Error($"the pre-tokenizer '{name}' is not known");
            return named.ByteLevel
                ? named with { IgnoreMerges = ignoreMerges }
                : throw root.Error($"the pre-tokenizer '{name}' is not byte-level, as the file is");
        }

        JsonPlace pre = root.Find("pre_tokenizer") ?? throw root.Error("it has no pre-tokenizer, so it is not byte-level");
        string[] patterns = [.. ReadPatterns(pre).Select(Canonical)];
        return PreTokenizers.All.FirstOrDefault(
            row => row.ByteLevel && row.IgnoreMerges == ignoreMerges && row.Patterns.Select(Canonical).SequenceEqual(patterns))
            ?? throw pre.Error($"its way to cut words is not known: {JsonPlace.Shorten(string.Join(" then ", patterns))}. "
                + $"If a known one is equal, say so with --pre NAME: {string.Join(", ", PreTokenizers.Names)}");
    }

    private static List<string> ReadPatterns(JsonPlace pre)
    {
        var patterns = new List<string>();
        bool byteLevel = false;
        foreach (JsonPlace step in pre.Find("pretokenizers")?.Items() ?? [pre])
        {
            switch (step.Member("type").Text)
            {
                case "ByteLevel" when !step.IsTrue("add_prefix_space"):
                    byteLevel = true;
                    patterns.AddRange(step.Find("use_regex") is { Flag: false } ? [] : Gpt2.Patterns);
                    break;
                case "Split" when step.Member("behavior").Text == "Isolated" && !step.IsTrue("invert") && step.Member("pattern").Find("Regex") is { } regex:
                    patterns.Add(regex.Text);
                    break;
                case "Digits":
                    patterns.Add(step.IsTrue("individual_digits") ? @"\p{N}" : @"\p{N}+");
                    break;
                case var other:
                    throw step.Error($"the pre-tokenizer '{JsonPlace.Shorten(other)}' is not supported as it is set");
            }
        }

        return byteLevel ? patterns : throw pre.Error("it is not byte-level");
    }

    /// <summary>One spelling for patterns that mean the same: contractions with both cases written out, characters as themselves.</summary>
    private static string Canonical(string pattern)
    {
        pattern = IgnoringCase().Replace(pattern, group => BothCases().Replace(group.Groups[1].Value, letter =>
            $"[{letter.Value.ToLowerInvariant()}{letter.Value.ToUpperInvariant()}]"));
        return Escaped().Replace(pattern, match => ((char)int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());
    }

    [GeneratedRegex(@"\(\?i:((?:'[a-z]+\|?)+)\)")]
    private static partial Regex IgnoringCase();

    [GeneratedRegex("[a-z]")]
    private static partial Regex BothCases();

    [GeneratedRegex(@"\\u([0-9A-F]{4})")]
    private static partial Regex Escaped();
}
