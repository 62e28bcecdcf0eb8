namespace Tessera.Tokenization;

/// <summary>
/// Cuts special tokens out of a text in the reference's order: the longest token (in UTF-8 bytes) takes all its places, from the left and
/// within the text that is still free, then the next longest. Where two overlap the longer one wins, even if the other begins earlier.
/// </summary>
internal sealed class SpecialTokenCutter
{
    private readonly SpecialToken[] _tokens;
    private readonly SpecialTokenTrie _trie;

    public SpecialTokenCutter(Vocabulary vocabulary, Predicate<TokenType> isSpecial)
    {
        _tokens =
        [
            .. Enumerable.Range(0, vocabulary.Count)
                .Where(id => isSpecial(vocabulary.TypeOf(id)) && !vocabulary.TextOf(id).IsEmpty)
                .OrderByDescending(id => vocabulary.TextOf(id).Length)
                .Select(id => new SpecialToken(id, vocabulary.TextOf(id), vocabulary.AttributesOf(id), vocabulary.TypeOf(id) == TokenType.UserDefined)),
        ];
        _trie = new SpecialTokenTrie([.. _tokens.Select(t => t.Text)]);
    }

    /// <summary>The fragments of a text, UTF-8, in order; white space that a token strips is in none of them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="literal">Where, in order, only user-defined tokens are recognized: no other may touch it.</param>
    public List<TextFragment> Cut(ReadOnlySpan<byte> text, List<TextFragment> literal)
    {
        List<TextFragment> fragments = [];
        if (text.Length == 0)
        {
            return fragments;
        }

        fragments.Add(new TextFragment(0, text.Length));
        List<TextFragment> next = [];
        foreach (int index in _trie.FindPresent(text))
        {
            next.Clear();
            foreach (TextFragment fragment in fragments)
            {
                if (fragment.Token >= 0)
                {
                    next.Add(fragment);
                }
                else
                {
                    CutOne(text, fragment, _tokens[index], literal, next);
                }
            }

            (fragments, next) = (next, fragments);
        }

        return fragments;
    }

    private static void CutOne(ReadOnlySpan<byte> text, TextFragment fragment, SpecialToken token, List<TextFragment> literal, List<TextFragment> output)
    {
        int start = fragment.Start;
        int from = start;
        while (text[from..fragment.End].IndexOf(token.Text.Span) is >= 0 and int offset)
        {
            int match = from + offset;
            if (!token.IsUserDefined && EndOfTouched(literal, match, match + token.Text.Length) is { } end)
            {
                from = Math.Min(end, fragment.End);
                continue;
            }

            int left = match;
            while (token.Attributes.HasFlag(TokenAttributes.StripLeft) && left > start && IsSpace(text[left - 1]))
            {
                left--;
            }

            if (left > start)
            {
                output.Add(new TextFragment(start, left));
            }

            start = match + token.Text.Length;
            output.Add(new TextFragment(match, start, token.Id));
            while (token.Attributes.HasFlag(TokenAttributes.StripRight) && start < fragment.End && IsSpace(text[start]))
            {
                start++;
            }

            from = start;
        }

        if (start < fragment.End)
        {
            output.Add(fragment with { Start = start });
        }
    }

    /// <summary>Where the first literal part that a match touches ends; null where it touches none. The next match begins no earlier.</summary>
    private static int? EndOfTouched(List<TextFragment> literal, int start, int end)
    {
        foreach (TextFragment part in literal)
        {
            if (part.Start < end && start < part.End)
            {
                return part.End;
            }
        }

        return null;
    }

    // C's isspace: ASCII only.
    private static bool IsSpace(byte c) => c is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    private sealed record SpecialToken(int Id, ReadOnlyMemory<byte> Text, TokenAttributes Attributes, bool IsUserDefined);
}
