using System.Globalization;
using System.Text;

namespace Tessera.Gguf;

/// <summary>Names from a file, made fit for messages.</summary>
internal static class GgufNames
{
    private const int MaxBytes = 96;

    /// <summary>
    /// A kind and a name in quotes, for example <c>key 'llama.block_count'</c>. A long name is cut (a damaged file may have one of megabytes), and
    /// control characters are written as numbers.
    /// </summary>
    public static string Place(string kind, ReadOnlySpan<byte> name)
    {
        bool cut = name.Length > MaxBytes;
        var text = new StringBuilder(kind).Append(" '");
        foreach (char c in Encoding.UTF8.GetString(cut ? name[..MaxBytes] : name))
        {
            _ = char.IsControl(c) ? text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}") : text.Append(c);
        }

        return text.Append(cut ? "...'" : "'").ToString();
    }
}
