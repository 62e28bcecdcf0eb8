using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Tessera.Gguf;

/// <summary>
/// Keys and names of tensors: UTF-8 in nearly every file. As strings they lead back to their bytes always, because a byte that is no UTF-8 becomes the
/// unpaired surrogate U+DC00 + byte (Python's <c>surrogateescape</c>).
/// </summary>
internal static class GgufNames
{
    private const int MaxBytes = 96;
    private const char EscapedByte = '\uDC00';

    /// <summary>A name's bytes as a string.</summary>
    public static string Decode(ReadOnlySpan<byte> name)
    {
        if (Utf8.IsValid(name))
        {
            return Encoding.UTF8.GetString(name);
        }

        var text = new StringBuilder(name.Length);
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(name, out Rune rune, out int length) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (byte value in name[..length])
                {
                    text.Append((char)(EscapedByte + value));
                }
            }

            name = name[length..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a name, escaped ones among them.</summary>
    /// <exception cref="ArgumentException">The name has unpaired surrogates that stand for no byte.</exception>
    public static byte[] Encode(string name)
    {
        ReadOnlySpan<char> rest = name;
        if (!rest.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return Encoding.UTF8.GetBytes(name);
        }

        var bytes = new ArrayBufferWriter<byte>(name.Length);
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int length) == OperationStatus.Done)
            {
                bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
            }
            else
            {
                bytes.Write([IsEscapedByte(rest[0])
                    ? (byte)(rest[0] - EscapedByte)
                    : throw new ArgumentException("The name has unpaired surrogates.", nameof(name))]);
            }

            rest = rest[length..];
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>
    /// A kind and a name in quotes, for example <c>key 'llama.block_count'</c>. A long name is cut (a damaged file may have one of megabytes), and
    /// control characters and bytes that are no UTF-8 are written as numbers.
    /// </summary>
    public static string Place(string kind, ReadOnlySpan<byte> name)
    {
        bool cut = name.Length > MaxBytes;
        var text = new StringBuilder(kind).Append(" '");
        foreach (char c in Decode(cut ? name[..MaxBytes] : name))
        {
            _ = IsEscapedByte(c) ? text.Append(CultureInfo.InvariantCulture, $"\\x{c - EscapedByte:X2}")
                : char.IsControl(c) ? text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}")
                : text.Append(c);
        }

        return text.Append(cut ? "...'" : "'").ToString();
    }

    /// <summary>Bytes below 0x80 are ASCII, whatever stands around them.</summary>
    private static bool IsEscapedByte(char c) => c is >= '\uDC80' and <= '\uDCFF';
}
