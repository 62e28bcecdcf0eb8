using System.Text;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// GPT-2's spelling of bytes by visible characters, in which byte-level vocabularies write their tokens: the code points 0x21 to 0x7E,
/// 0xA1 to 0xAC and 0xAE to 0xFF stand for the byte of the same number, U+0100 to U+0143 for the other 68 bytes in ascending order.
/// A space (0x20) is 'Ġ' (U+0120).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly byte[] OtherBytes = [.. Enumerable.Range(0, 256).Where(b => !StandsForItself(b)).Select(b => (byte)b)];

    private static bool StandsForItself(int codePoint) => codePoint is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    /// <summary>Decodes a token's text; false where it holds a character that is not of the alphabet.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="bytes">Receives the bytes; as long as the text or longer.</param>
    /// <param name="count">How many bytes there are.</param>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes, out int count)
    {
        count = 0;
        while (text.Length > 0)
        {
            Rune.DecodeFromUtf8(text, out Rune character, out int consumed);
            if (!TryDecode(character, out bytes[count]))
            {
                return false;
            }

            count++;
            text = text[consumed..];
        }

        return true;
    }

    /// <summary>
    /// The bytes that a token's text spells. As in llama.cpp, a character that is not of the alphabet becomes a visible note that holds it
    /// and the whole text.
    /// </summary>
    public static byte[] Decode(ReadOnlySpan<byte> text)
    {
        List<byte> bytes = [];
        foreach (Rune character in Encoding.UTF8.GetString(text).EnumerateRunes())
        {
            if (TryDecode(character, out byte value))
            {
                bytes.Add(value);
                continue;
            }

            var utf8 = new byte[character.Utf8SequenceLength];
            character.EncodeToUtf8(utf8);
            bytes.AddRange(Encoding.ASCII.GetBytes("[UNK_BYTE_0x" + Convert.ToHexStringLower(utf8)));
            bytes.AddRange(text);
            bytes.Add((byte)']');
        }

        return [.. bytes];
    }

    private static bool TryDecode(Rune character, out byte value)
    {
        int code = character.Value;
        bool known = StandsForItself(code) || (code >= 0x100 && code < 0x100 + OtherBytes.Length);
        value = !known ? (byte)0 : code < 0x100 ? (byte)code : OtherBytes[code - 0x100];
        return known;
    }
}
