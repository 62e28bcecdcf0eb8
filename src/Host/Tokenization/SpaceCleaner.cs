namespace Tessera.Tokenization;

/// <summary>
/// Takes off the spaces that word-wise tokenizers leave before punctuation. Three passes like the reference's <c>llama_detokenize</c>, each over
/// the result of the one before: spaces before <c>? ! . ,</c>; both spaces around a lone apostrophe; the space before <c>'s 'm 're 've</c>.
/// </summary>
internal static class SpaceCleaner
{
    public static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text)
    {
        byte[] result = text.ToArray();
        int length = JoinPunctuation(result);
        length = JoinApostrophes(result.AsSpan(0, length));
        length = JoinContractions(result.AsSpan(0, length));
        return result.AsSpan(0, length);
    }

    private static int JoinPunctuation(Span<byte> text)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (i > 0 && text[i - 1] == ' ' && text[i] is (byte)'?' or (byte)'!' or (byte)'.' or (byte)',')
            {
                length--;
            }

            text[length++] = text[i];
        }

        return length;
    }

    private static int JoinApostrophes(Span<byte> text)
    {
        int length = 0;
        bool spaceBefore = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte unit = text[i];
            bool joined = spaceBefore && unit == '\'' && i + 1 < text.Length && text[i + 1] == ' ';
            if (joined)
            {
                // Over the space before, and past the space after, which joins no further apostrophe.
                length--;
                i++;
            }

            text[length++] = unit;
            spaceBefore = !joined && unit == ' ';
        }

        return length;
    }

    private static int JoinContractions(Span<byte> text)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (i > 0 && text[i - 1] == ' ' && text[i] == '\'' && IsContraction(text[(i + 1)..]))
            {
                length--;
            }

            text[length++] = text[i];
        }

        return length;
    }

    private static bool IsContraction(ReadOnlySpan<byte> rest) =>
        rest is [(byte)'s' or (byte)'m', ..] or [(byte)'r' or (byte)'v', (byte)'e', ..];
}
