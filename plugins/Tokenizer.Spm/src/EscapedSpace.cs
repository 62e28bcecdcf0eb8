using System.Buffers;

namespace Tessera.Tokenizer.Spm;

/// <summary>SentencePiece writes a space as U+2581, <c>▁</c>, three bytes in UTF-8.</summary>
internal static class EscapedSpace
{
    private static ReadOnlySpan<byte> Utf8 => "▁"u8;

    /// <summary>Bytes of a text with its spaces escaped.</summary>
    public static int LengthOf(ReadOnlySpan<byte> text, bool prefix) =>
        checked((prefix ? Utf8.Length : 0) + text.Length + (text.Count((byte)' ') * (Utf8.Length - 1)));

    /// <summary>Writes a text with its spaces escaped.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteEscaped(ReadOnlySpan<byte> text, bool prefix, Span<byte> output)
    {
        int length = 0;
        if (prefix)
        {
            Utf8.CopyTo(output);
            length = Utf8.Length;
        }

        for (int space; (space = text.IndexOf((byte)' ')) >= 0; text = text[(space + 1)..])
        {
            text[..space].CopyTo(output[length..]);
            Utf8.CopyTo(output[(length + space)..]);
            length += space + Utf8.Length;
        }

        text.CopyTo(output[length..]);
        return length + text.Length;
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
