using System.Buffers;
using System.Text;

namespace Tessera.Tokenizer.Spm;

/// <summary>SentencePiece writes a space as U+2581, <c>▁</c>, three bytes in UTF-8.</summary>
internal static class EscapedSpace
{
    private static ReadOnlySpan<byte> Utf8 => "▁"u8;

    /// <summary>The most bytes that one UTF-16 unit becomes.</summary>
    public const int MaxBytesPerUnit = 3;

    /// <summary>Writes a text as UTF-8 with its spaces escaped; lone surrogates become U+FFFD.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteEscaped(ReadOnlySpan<char> text, bool prefix, Span<byte> output)
    {
        int length = 0;
        if (prefix)
        {
            Utf8.CopyTo(output);
            length = Utf8.Length;
        }

        foreach (Range word in text.Split(' '))
        {
            if (word.Start.Value > 0)
            {
                Utf8.CopyTo(output[length..]);
                length += Utf8.Length;
            }

            length += Encoding.UTF8.GetBytes(text[word], output[length..]);
        }

        return length;
    }

    /// <summary>Writes a piece with its spaces as they were.</summary>
    public static void WriteUnescaped(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        for (int space; (space = piece.IndexOf(Utf8)) >= 0; piece = piece[(space + Utf8.Length)..])
        {
            output.Write(piece[..space]);
            output.Write(" "u8);
        }

        output.Write(piece);
    }
}
