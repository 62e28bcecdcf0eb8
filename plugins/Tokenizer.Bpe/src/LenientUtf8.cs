using System.Text;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// UTF-8 as the reference reads it: by the number of leading ones of a first byte, with as many continuation bytes as it asks for, whatever code
/// point they make; halves of surrogate pairs and overlong forms are none too many. A byte where no such form begins is U+FFFD.
/// </summary>
internal static class LenientUtf8
{
    /// <summary>The code points of bytes that need not be UTF-8.</summary>
    public static int[] Decode(ReadOnlySpan<byte> text)
    {
        var codePoints = new List<int>(text.Length);
        for (int length; !text.IsEmpty; text = text[length..])
        {
            length = LengthOf(text[0]);
            int codePoint = length == 1 ? text[0] : text[0] & (0x7F >> length);
            bool whole = length > 0 && length <= text.Length;
            for (int i = 1; whole && i < length; i++)
            {
                whole = (text[i] & 0xC0) == 0x80;
                codePoint = (codePoint << 6) | (text[i] & 0x3F);
            }

            if (!whole || codePoint > 0x10FFFF)
            {
                (codePoint, length) = (Rune.ReplacementChar.Value, 1);
            }

            codePoints.Add(codePoint);
        }

        return [.. codePoints];
    }

    /// <summary>The bytes of code points in their shortest form, halves of surrogate pairs in three like any of their size.</summary>
    public static byte[] Encode(ReadOnlySpan<int> codePoints)
    {
        var bytes = new List<byte>(codePoints.Length);
        foreach (int codePoint in codePoints)
        {
            switch (codePoint)
            {
                case < 0x80:
                    bytes.Add((byte)codePoint);
                    break;
                case < 0x800:
                    bytes.AddRange([(byte)(0xC0 | (codePoint >> 6)), Continuation(codePoint)]);
                    break;
                case < 0x10000:
                    bytes.AddRange([(byte)(0xE0 | (codePoint >> 12)), Continuation(codePoint >> 6), Continuation(codePoint)]);
                    break;
                default:
                    bytes.AddRange([(byte)(0xF0 | (codePoint >> 18)), Continuation(codePoint >> 12), Continuation(codePoint >> 6), Continuation(codePoint)]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte Continuation(int bits) => (byte)(0x80 | (bits & 0x3F));

    // 0 where no character begins.
    private static int LengthOf(byte first) => first switch
    {
        < 0x80 => 1,
        < 0xC0 => 0,
        < 0xE0 => 2,
        < 0xF0 => 3,
        < 0xF8 => 4,
        _ => 0,
    };
}
