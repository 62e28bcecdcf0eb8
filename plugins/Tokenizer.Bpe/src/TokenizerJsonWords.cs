using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tessera.Tokenizer.Bpe;

/// <summary>The part of a <c>tokenizer.json</c> that says how text is cut into words, found in the table of pre-tokenizers.</summary>
internal sealed partial class TokenizerJsonWords(JsonElement root, string source)
{
    private static readonly PreTokenizer Gpt2 = PreTokenizers.Find("gpt-2")!;

    /// <summary>The row of the table that cuts as the file says.</summary>
    /// <param name="name">A row that the user names in its place, or null.</param>
    /// <param name="ignoreMerges">Whether a word that is a token as a whole becomes that token.</param>
    public PreTokenizer Choose(string? name, bool ignoreMerges)
    {
        if (name is not null)
        {
            return PreTokenizers.Find(name) ?? throw Error($"the pre-tokenizer '{name}' is not known");
        }

        string[] patterns = [.. ReadPatterns().Select(Canonical)];
        return PreTokenizers.All.FirstOrDefault(row => row.ByteLevel && row.IgnoreMerges == ignoreMerges && row.Patterns.Select(Canonical).SequenceEqual(patterns))
            ?? throw Error($"its way to cut words is not known: {string.Join(" then ", patterns)}. If a known one is equal, say so with --pre NAME: {string.Join(", ", PreTokenizers.Names)}");
    }

    private List<string> ReadPatterns()
    {
        var patterns = new List<string>();
        if (!root.TryGetProperty("pre_tokenizer", out JsonElement pre) || pre.ValueKind != JsonValueKind.Object)
        {
            throw Error("it has no pre-tokenizer, so it is not byte-level");
        }

        bool byteLevel = false;
        foreach (JsonElement step in pre.TryGetProperty("pretokenizers", out JsonElement steps) ? steps.EnumerateArray().ToArray() : [pre])
        {
            switch (step.GetProperty("type").GetString())
            {
                case "ByteLevel" when !Is(step, "add_prefix_space", true):
                    byteLevel = true;
                    patterns.AddRange(Is(step, "use_regex", false) ? [] : Gpt2.Patterns);
                    break;
                case "Split" when step.GetProperty("behavior").ValueEquals("Isolated") && !Is(step, "invert", true) && step.GetProperty("pattern").TryGetProperty("Regex", out JsonElement regex):
                    patterns.Add(regex.GetString()!);
                    break;
                case "Digits":
                    patterns.Add(Is(step, "individual_digits", true) ? @"\p{N}" : @"\p{N}+");
                    break;
                case var other:
                    throw Error($"its pre-tokenizer '{other}' is not supported as it is set");
            }
        }

        return byteLevel ? patterns : throw Error("its pre-tokenizer is not byte-level");
    }

    /// <summary>One spelling for patterns that mean the same: contractions with both cases written out, characters as themselves.</summary>
    private static string Canonical(string pattern)
    {
        pattern = IgnoringCase().Replace(pattern, group => BothCases().Replace(group.Groups[1].Value, letter =>
            $"[{letter.Value.ToLowerInvariant()}{letter.Value.ToUpperInvariant()}]"));
        return Escaped().Replace(pattern, match => ((char)int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());
    }

    private static bool Is(JsonElement element, string name, bool value) =>
        element.TryGetProperty(name, out JsonElement property) && property.ValueKind == (value ? JsonValueKind.True : JsonValueKind.False);

    private TesseraException Error(string problem) => new($"{source}: {problem}.");

    [GeneratedRegex(@"\(\?i:((?:'[a-z]+\|?)+)\)")]
    private static partial Regex IgnoringCase();

    [GeneratedRegex("[a-z]")]
    private static partial Regex BothCases();

    [GeneratedRegex(@"\\u([0-9A-F]{4})")]
    private static partial Regex Escaped();
}
