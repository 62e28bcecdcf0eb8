using System.Globalization;
using System.Text;

namespace Tessera.Cli.Display;

/// <summary>
/// Text as people may see it: what acts on a terminal or hides other text (C0 and C1 controls, DEL, the marks, embeddings, overrides and isolates of the
/// bidirectional algorithm, line separators, halves of surrogate pairs) is written as JSON writes it, <c>\u001B</c>.
/// </summary>
internal static class VisibleText
{
    /// <summary>Text in a single line.</summary>
    public static string Line(string text) => Of(text, isLine: true);

    /// <summary>Text whose tabs and line ends stay as they are.</summary>
    public static string Lines(string text) => Of(text, isLine: false);

    private static string Of(string text, bool isLine)
    {
        int visible = 0;
        for (int length; visible < text.Length && (length = LengthOfVisible(text, visible, isLine)) > 0;)
        {
            visible += length;
        }

        if (visible == text.Length)
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16).Append(text, 0, visible);
        for (int i = visible; i < text.Length;)
        {
            int length = LengthOfVisible(text, i, isLine);
            _ = length > 0 ? result.Append(text, i, length) : result.Append(Escape(text[i]));
            i += Math.Max(1, length);
        }

        return result.ToString();
    }

    /// <summary>How many characters from a place on are shown as they are, at most a pair; 0 for one that is not.</summary>
    private static int LengthOfVisible(string text, int i, bool isLine) => text[i] switch
    {
        '\n' or '\t' => isLine ? 0 : 1,
        '\r' when !isLine && i + 1 < text.Length && text[i + 1] == '\n' => 2,
        char c when char.IsSurrogate(c) => i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]) ? 2 : 0,
        char c => Acts(c) ? 0 : 1,
    };

    private static bool Acts(char c) =>
        char.IsControl(c) || c is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static string Escape(char c) => c switch
    {
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        _ => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)c:X4}"),
    };
}
