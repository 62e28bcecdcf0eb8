using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tessera.Fuzz.Mutation;

/// <summary>Changes a line or a number of a text.</summary>
internal sealed partial class TextMutator : IMutator
{
    private static readonly string[] s_numbers = [
        "nan", "-inf", "inf", "1e999", "-0", "", "...", "0x10", "1,5", "99999999999999999999", "1.7976931348623157e308"];

    public (byte[] File, string What)? Mutate(byte[] file, Random random)
    {
        // Latin-1 keeps every byte as it is.
        string text = Encoding.Latin1.GetString(file);
        (string changed, string what) = random.Next(2) == 0 && Number().Matches(text) is { Count: > 0 } numbers
            ? ChangeNumber(text, numbers[random.Next(numbers.Count)], random)
            : ChangeLines([.. text.Split('\n')], random);
        return (Encoding.Latin1.GetBytes(changed), what);
    }

    private static (string Text, string What) ChangeNumber(string text, Match number, Random random)
    {
        string other = random.Next(3) switch
        {
            0 => random.In(s_numbers),
            1 => Interesting.Float(random).ToString("R", CultureInfo.InvariantCulture),
            _ => $"{(random.Next(4) == 0 ? "-" : "")}{Interesting.Integer(random)}",
        };
        return ($"{text.AsSpan(0, number.Index)}{other}{text.AsSpan(number.Index + number.Length)}", $"{other} in place of {number.Value} at {number.Index}");
    }

    private static (string Text, string What) ChangeLines(List<string> lines, Random random)
    {
        int at = random.Next(lines.Count);
        string line = lines[at];
        switch (random.Next(6))
        {
            case 0:
                lines.RemoveAt(at);
                return (string.Join('\n', lines), $"no line {at + 1}");
            case 1:
                lines.InsertRange(at, Enumerable.Repeat(line, 1 << random.Next(8)));
                return (string.Join('\n', lines), $"line {at + 1} many times");
            case 2:
                int other = random.Next(lines.Count);
                (lines[at], lines[other]) = (lines[other], line);
                return (string.Join('\n', lines), $"lines {at + 1} and {other + 1} exchanged");
            case 3:
                lines[at] = line[..random.Next(line.Length + 1)];
                return (string.Join('\n', lines), $"line {at + 1} cut");
            case 4:
                lines.Insert(at, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Interesting.Text(random))));
                return (string.Join('\n', lines), $"a line before line {at + 1}");
            default:
                lines[at] = line + (at + 1 < lines.Count ? lines[at + 1] : line);
                return (string.Join('\n', lines), $"line {at + 1} and the next in one");
        }
    }

    [GeneratedRegex("-?[0-9]+(\\.[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
