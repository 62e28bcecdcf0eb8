using System.Buffers;
using System.Text;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// GPT-2's spelling of bytes by visible characters, in which byte-level vocabularies write their tokens: the code points 0x21 to 0x7E,
/// 0xA1 to 0xAC and 0xAE to 0xFF stand for the byte of the same number, U+0100 to U+0143 for the other 68 bytes in ascending order.
/// A space (0x20) is 'Ġ' (U+0120).
/// </summary>
internal static class ByteAlphabet
{
    private const int Foreign = -1;
    private const int MaxNoted = 1000;

    // The byte of each code point, Foreign where the alphabet does not have it.
    private static readonly short[] Bytes = MakeBytes();

    private static bool StandsForItself(int codePoint) => codePoint is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    /// <summary>Decodes a token's text; false where it holds a character that is not of the alphabet.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="bytes">Receives the bytes; as long as the text or longer.</param>
    /// <param name="count">How many bytes there are.</param>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes, out int count)
    {
        // Every character of the alphabet has one or two bytes; the first bits of both tell them from longer ones.
        count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int code = text[i];
            if (code >= 0x80)
            {
                code = (code & 0xE0) == 0xC0 && i + 1 < text.Length ? ((code & 0x1F) << 6) | (text[++i] & 0x3F) : int.MaxValue;
            }

            if (!TryDecode(code, out bytes[count]))
            {
                return false;
            }

            count++;
        }

        return true;
    }

    /// <summary>
    /// The bytes that a token's text spells. As in llama.cpp, a character that is not of the alphabet, or a byte that is no UTF-8, becomes a visible note
    /// that holds it and the whole text, unless that is so long that notes would fill the memory.
    /// </summary>
    public static byte[] Decode(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> shown = text.Length > MaxNoted ? [] : text;
        List<byte> bytes = [];
        Span<byte> utf8 = stackalloc byte[4];
        for (int length; !text.IsEmpty; text = text[length..])
        {
            length = Rune.DecodeFromUtf8(text, out Rune character, out int consumed) == OperationStatus.Done ? consumed : 1;
            if (TryDecode(character.Value, out byte value))
            {
                bytes.Add(value);
                continue;
            }

            bytes.AddRange(Encoding.ASCII.GetBytes("[UNK_BYTE_0x" + Convert.ToHexStringLower(utf8[..character.EncodeToUtf8(utf8)])));
            bytes.AddRange(shown);
            bytes.Add((byte)']');
        }

        return [.. bytes];
    }

    private static bool TryDecode(int code, out byte value)
    {
        int decoded = code < Bytes.Length ? Bytes[code] : Foreign;
        value = (byte)decoded;
        return decoded != Foreign;
    }

    private static short[] MakeBytes()
    {
        int[] others = [.. Enumerable.Range(0, 256).Where(b => !StandsForItself(b))];
        return [.. Enumerable.Range(0, 0x100).Select(c => (short)(StandsForItself(c) ? c : Foreign)), .. others.Select(b => (short)b)];
    }
}
