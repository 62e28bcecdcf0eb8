using System.Globalization;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm;

/// <summary>The tokens for single bytes, written <c>&lt;0x0A&gt;</c>.</summary>
internal static class ByteTokens
{
    /// <summary>
    /// The token of each byte. A vocabulary without byte tokens has perhaps one whose text is that byte; otherwise the unknown token stands for
    /// it, or -1 where there is none.
    /// </summary>
    public static int[] Find(Vocabulary vocabulary)
    {
        var ids = new int[256];
        for (int value = 0; value < ids.Length; value++)
        {
            int id = vocabulary.Find(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"));
            id = id >= 0 ? id : vocabulary.Find([(byte)value]);
            ids[value] = id >= 0 ? id : vocabulary.Special.Unknown;
        }

        return ids;
    }

    /// <summary>Reads the byte that a token's text names.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        return text is [(byte)'<', (byte)'0', (byte)'x', _, _, (byte)'>']
            && byte.TryParse(text[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
