using System.Globalization;

namespace Tessera.Tokenizer.Bpe.Normalization;

/// <summary>
/// What normalization needs to know of characters, from <c>unicode-15.txt</c>: the same on every machine, whatever Unicode its system, its ICU and its
/// .NET have. Hangul syllables are computed (Unicode Standard, section 3.12).
/// </summary>
internal sealed class CharacterData
{
    private const int FirstSyllable = 0xAC00;
    private const int Leads = 0x1100;
    private const int Vowels = 0x1161;
    private const int Trails = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TrailCount;

    private const int FirstWithClass = 0x300;

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<long, int> _composed = [];
    private readonly Dictionary<int, int> _classes = [];

    private CharacterData()
    {
        using Stream stream = typeof(CharacterData).Assembly.GetManifestResourceStream("unicode-15.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != '#')
            {
                Add(line, line.AsSpan().IndexOfAny("=>~:"));
            }
        }
    }

    public static CharacterData Instance { get; } = new();

    /// <summary>The canonical combining class: 0 for a starter, otherwise what orders marks.</summary>
    public int ClassOf(int character) => character < FirstWithClass ? 0 : _classes.GetValueOrDefault(character);

    /// <summary>Appends a character's full decomposition, the character itself where it has none.</summary>
    /// <param name="character">A code point.</param>
    /// <param name="compatible">Whether compatibility decompositions count too.</param>
    /// <param name="output">Receives code points.</param>
    public void Decompose(int character, bool compatible, List<int> output)
    {
        if (_canonical.TryGetValue(character, out int[]? parts) || (compatible && _compatible.TryGetValue(character, out parts)))
        {
            foreach (int part in parts)
            {
                Decompose(part, compatible, output);
            }
        }
        else if (character - FirstSyllable is >= 0 and < SyllableCount and int syllable)
        {
            output.Add(Leads + (syllable / (VowelCount * TrailCount)));
            output.Add(Vowels + (syllable / TrailCount % VowelCount));
            if (syllable % TrailCount > 0)
            {
                output.Add(Trails + (syllable % TrailCount));
            }
        }
        else
        {
            output.Add(character);
        }
    }

    /// <summary>The character that two make together.</summary>
    public bool TryCompose(int first, int second, out int composed)
    {
        if (first - Leads is >= 0 and < LeadCount and int lead && second - Vowels is >= 0 and < VowelCount and int vowel)
        {
            composed = FirstSyllable + (((lead * VowelCount) + vowel) * TrailCount);
            return true;
        }

        if (first - FirstSyllable is >= 0 and < SyllableCount and int syllable && syllable % TrailCount == 0
            && second - Trails is > 0 and < TrailCount and int trail)
        {
            composed = first + trail;
            return true;
        }

        return _composed.TryGetValue(Pair(first, second), out composed);
    }

    private static long Pair(int first, int second) => ((long)first << 32) | (uint)second;

    private void Add(string line, int mark)
    {
        if (line[mark] == ':')
        {
            string[] range = line[..mark].Split('-');
            for (int character = Hexadecimal(range[0]); character <= Hexadecimal(range[^1]); character++)
            {
                _classes.Add(character, int.Parse(line.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture));
            }

            return;
        }

        int whole = Hexadecimal(line[..mark]);
        int[] parts = Array.ConvertAll(line[(mark + 1)..].Split(' '), Hexadecimal);
        (line[mark] == '~' ? _compatible : _canonical).Add(whole, parts);
        if (line[mark] == '=')
        {
            _composed.Add(Pair(parts[0], parts[1]), whole);
        }
    }

    private static int Hexadecimal(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
